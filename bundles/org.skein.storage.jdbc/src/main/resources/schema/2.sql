-- Several nodes on one database. cluster_nodes is where they meet and what an operator looks at: times are the database's.
-- cluster_view and cluster_member are the view (who is a member), and change in one transaction; a write of a node that is
-- not in cluster_member is refused.
CREATE TABLE IF NOT EXISTS cluster_nodes (
    hostname VARCHAR(255) NOT NULL,
    secondary VARCHAR(255) DEFAULT '' NOT NULL,
    host VARCHAR(255) NOT NULL,
    port INT NOT NULL,
    client_port INT DEFAULT 0 NOT NULL,
    incarnation BIGINT NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    fingerprint_next VARCHAR(64) DEFAULT '' NOT NULL,
    protocol_version INT DEFAULT 1 NOT NULL,
    protocol_min INT DEFAULT 1 NOT NULL,
    protocol_level INT DEFAULT 1 NOT NULL,
    server_version VARCHAR(64) DEFAULT '' NOT NULL,
    started_at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3) NOT NULL,
    last_updated TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3) NOT NULL,
    beat BIGINT DEFAULT 0 NOT NULL,
    cpu_usage DOUBLE PRECISION DEFAULT 0 NOT NULL,
    mem_usage DOUBLE PRECISION DEFAULT 0 NOT NULL,
    sessions INT DEFAULT 0 NOT NULL,
    strategy VARCHAR(64) DEFAULT '' NOT NULL,
    state VARCHAR(16) DEFAULT '' NOT NULL,
    links {text},
    PRIMARY KEY (hostname)
) {table};
CREATE TABLE IF NOT EXISTS cluster_view (
    id INT NOT NULL,
    epoch BIGINT NOT NULL,
    level INT NOT NULL,
    members {text} NOT NULL,
    changed_by VARCHAR(255) DEFAULT '' NOT NULL,
    changed_at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3) NOT NULL,
    PRIMARY KEY (id)
) {table};
CREATE TABLE IF NOT EXISTS cluster_member (
    incarnation BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL,
    state VARCHAR(16) DEFAULT '' NOT NULL,
    level INT DEFAULT 1 NOT NULL,
    host VARCHAR(255) DEFAULT '' NOT NULL,
    port INT DEFAULT 0 NOT NULL,
    epoch_joined BIGINT NOT NULL,
    PRIMARY KEY (incarnation)
) {table};
INSERT INTO cluster_view (id, epoch, level, members) VALUES (1, 0, 1, '') ON DUPLICATE KEY UPDATE id = VALUES(id);
