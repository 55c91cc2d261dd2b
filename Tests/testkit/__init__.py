"""Support for the Python tests: programs, pages, scripted APIs, clients, the journal and Prometheus."""
