"""What data must look like as it arrives and as it leaves: one module per dataset, each exporting SUITE.

Suites are plain data: importing them costs nothing, and they know neither Dagster nor any file. The module
`orchestration.gates` turns them into Great Expectations objects and validates them inside DuckDB.
"""
