"""Networks of published models that engines share, with the modules' published names."""
