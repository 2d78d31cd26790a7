// Included first where clang compiles LibTorch 1.13's headers in C++20 with libstdc++ 12: there
// std::vector's members are constexpr, so clang instantiates them as soon as they are seen, when
// IValue is still incomplete. Without constexpr they are instantiated later.
#pragma once
#pragma clang system_header
#ifndef FACESHOT_WHOLE_VECTOR

#include <algorithm>
#include <memory>
#include <string>

#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
// The only function there that is declared earlier; clang_libtorch.cpp defines it.
#define __fill_a1 __fill_a1_of_bits
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr

#endif
