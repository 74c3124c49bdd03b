# What one does here often; `.ci/run` needs no just.

# Everything that has to hold before a change goes in
check:
    .ci/run

# All tests
test:
    cargo test --all-features

# Takes over wanted changes of the snapshots and of the schema: read the difference
bless:
    INSTA_UPDATE=always BATON_BLESS=1 cargo test --all-features --test it -- snapshots schema deltas::how secrets::table

# Writes the fixtures anew, the same bytes on every run
fixtures:
    python3 fixtures/make/all.py

# Measures speed
bench:
    cargo bench

# Runs a fuzz target for a minute: count, pipeline, readers, redact
fuzz target:
    cargo +nightly fuzz run {{target}} -- -max_total_time=60
