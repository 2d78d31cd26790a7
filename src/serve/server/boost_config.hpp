// How Boost's headers are used here: non-template code is compiled once, in boost.cpp. Internal to
// this folder; include it before any of them.
#pragma once

#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION
#define BOOST_ASIO_NO_DEPRECATED
#define BOOST_ASIO_DISABLE_BOOST_DATE_TIME
#define BOOST_BEAST_USE_STD_STRING_VIEW
#ifdef __SANITIZE_THREAD__  // TSan does not support fences, but sees the locks beside them
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#endif
