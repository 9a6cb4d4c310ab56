-- owner, account: the first 16 bytes of SHA-256 of the bare JID; contact_id, blocked_id, key_id likewise.
-- {bytes}, {text} and {table} stand for what the database calls them; addresses are UTF-8 bytes, so compared exactly.
CREATE TABLE IF NOT EXISTS skein_account (
    id BINARY(16) NOT NULL,
    domain VARBINARY(1023) NOT NULL,
    local_part VARBINARY(1023) NOT NULL,
    disabled SMALLINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    INDEX skein_account_by_name (domain, local_part)
) {table};
CREATE TABLE IF NOT EXISTS skein_credential (
    account BINARY(16) NOT NULL,
    hash VARCHAR(32) NOT NULL,
    salt VARBINARY(255) NOT NULL,
    iterations INT NOT NULL,
    stored_key VARBINARY(255) NOT NULL,
    server_key VARBINARY(255) NOT NULL,
    PRIMARY KEY (account, hash)
) {table};
CREATE TABLE IF NOT EXISTS skein_roster (
    owner BINARY(16) NOT NULL,
    version BIGINT NOT NULL,
    forgotten BIGINT NOT NULL,
    PRIMARY KEY (owner)
) {table};
CREATE TABLE IF NOT EXISTS skein_roster_item (
    owner BINARY(16) NOT NULL,
    contact_id BINARY(16) NOT NULL,
    contact VARBINARY(2047) NOT NULL,
    version BIGINT NOT NULL,
    removed SMALLINT NOT NULL,
    item_name {text} NOT NULL,
    item_groups {text} NOT NULL,
    subscription VARCHAR(8) NOT NULL,
    ask SMALLINT NOT NULL,
    pending_in SMALLINT NOT NULL,
    approved SMALLINT NOT NULL,
    listed SMALLINT NOT NULL,
    request {text} NOT NULL,
    PRIMARY KEY (owner, contact_id)
) {table};
CREATE TABLE IF NOT EXISTS skein_block (
    owner BINARY(16) NOT NULL,
    blocked_id BINARY(16) NOT NULL,
    blocked VARBINARY(3071) NOT NULL,
    PRIMARY KEY (owner, blocked_id)
) {table};
CREATE TABLE IF NOT EXISTS skein_xml (
    owner BINARY(16) NOT NULL,
    collection VARCHAR(64) NOT NULL,
    key_id BINARY(16) NOT NULL,
    item_key {text} NOT NULL,
    xml {bytes} NOT NULL,
    PRIMARY KEY (owner, collection, key_id)
) {table};
CREATE TABLE IF NOT EXISTS skein_last_activity (
    account BINARY(16) NOT NULL,
    at_ms BIGINT NOT NULL,
    status {text} NOT NULL,
    PRIMARY KEY (account)
) {table};
CREATE TABLE IF NOT EXISTS skein_spool (
    owner BINARY(16) NOT NULL,
    origin BIGINT NOT NULL,
    n BIGINT NOT NULL,
    position BIGINT NOT NULL,
    session VARCHAR(255),
    stored_at BIGINT NOT NULL,
    stanza {bytes} NOT NULL,
    PRIMARY KEY (owner, origin, n),
    INDEX skein_spool_in_order (owner, position),
    INDEX skein_spool_by_session (session)
) {table};
