// The non-template code of asio and Beast.
#include "serve/server/boost_config.hpp"

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
