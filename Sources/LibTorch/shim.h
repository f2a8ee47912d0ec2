// Torch itself is C++; its headers are seen only by the shim's sources.
