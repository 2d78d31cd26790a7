// The library's version, semantic versioning.
#pragma once

#define FACESHOT_VERSION_MAJOR 0
#define FACESHOT_VERSION_MINOR 1
#define FACESHOT_VERSION_PATCH 0
#define FACESHOT_VERSION "0.1.0"
