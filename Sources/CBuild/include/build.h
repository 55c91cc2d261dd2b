#pragma once

/// Version of the product, as Package.swift says.
const char *build_version(void);

/// Git revision that the package was built from, or `unknown`.
const char *build_revision(void);
