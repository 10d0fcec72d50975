pytest_plugins = ["tlskit_fixtures"]
