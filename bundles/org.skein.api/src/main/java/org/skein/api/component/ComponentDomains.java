package org.skein.api.component;

import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The components registered now, by domain. */
@ProviderType
public interface ComponentDomains {
    /** All, as domain to component. */
    Map<String, Component> components();

    default Optional<Component> component(String domain) {
        return Optional.ofNullable(components().get(domain));
    }
}
