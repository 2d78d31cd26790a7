// Included before all else where clang compiles LibTorch 1.13's headers in C++20 with libstdc++ 12: there
// std::vector's members are constexpr, clang instantiates them as soon as they are seen, and IValue is
// not complete yet. Without constexpr they wait.
#pragma once
#pragma clang system_header
#ifndef FACESHOT_WHOLE_VECTOR

#include <algorithm>
#include <memory>
#include <string>

#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
// The one function there that is declared before; clang_libtorch.cpp has it.
#define __fill_a1 __fill_a1_of_bits
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr

#endif
