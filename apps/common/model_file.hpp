// Finds the network that a program is to use.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace faceshot::cli {

/// Help text of --model.
constexpr const char* model_help =
    "ONNX file, or the name of a network shipped with FaceShot, nano (default) or small";

/// Resolves --model. Shipped networks are in ../share/faceshot/models beside the program
/// (installed), or in models/ of a folder above the program (built in a checkout).
/// @param wanted  a file, or the name of a shipped network with or without "faceshot-"; empty:
///   $FACESHOT_MODEL if set, else "nano"
/// @return `wanted` itself unless it names a shipped network
/// @throws Error(not_found) if the shipped networks are not found, or none has this name (a word
///   without '.' and '/' that is not a file); the message lists those that exist
[[nodiscard]] std::filesystem::path model_file(const std::string& wanted);

/// The files of the shipped networks, the default one first, then by name; none if they are not
/// found.
[[nodiscard]] std::vector<std::filesystem::path> shipped_networks();

/// "nano" of ".../faceshot-nano.onnx": what --model takes.
[[nodiscard]] std::string short_name(const std::filesystem::path& network);

}  // namespace faceshot::cli
