-- Files all nodes are to have. The row of a removed one stays, so that versions never repeat. The parts of a file are
-- those with its content's id; others of its name belong to one that is being stored, or was left half-way.
CREATE TABLE IF NOT EXISTS skein_shared_file (
    kind VARBINARY(48) NOT NULL,
    name VARBINARY(765) NOT NULL,
    version BIGINT NOT NULL,
    removed SMALLINT NOT NULL,
    content BINARY(16) NOT NULL,
    parts INT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    changed_by {text} NOT NULL,
    changed_at_s BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
) {table};
CREATE TABLE IF NOT EXISTS skein_shared_part (
    kind VARBINARY(48) NOT NULL,
    name VARBINARY(765) NOT NULL,
    content BINARY(16) NOT NULL,
    n INT NOT NULL,
    bytes {bytes} NOT NULL,
    PRIMARY KEY (kind, name, content, n)
) {table};
