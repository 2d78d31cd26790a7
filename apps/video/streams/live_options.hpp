// Options of live streams from the command line and cameras.toml.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "network_options.hpp"
#include "video/live/settings/cameras.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::cli {

/// Options that only the command line has.
struct LiveArguments {
  video::LiveSettings settings;
  std::string events;  ///< file, "-"; empty: none
  bool privacy = false;
  std::optional<double> stop_after;  ///< seconds
  std::string show_zones;            ///< picture to write; empty: none
  std::string transport = "auto";
  bool every_frame = false;
};

/// --events, --snapshots, --webhook and the other options of the group "Live streams".
void add_live_options(CLI::App& command, LiveArguments& arguments);

/// The input of run_live().
struct LivePlan {
  std::vector<video::StreamSettings> streams;
  video::LiveSettings settings;  ///< the command line's, otherwise the file's
  std::optional<double> stop_after;
  std::string show_zones;
  bool every_frame = false;
  std::string out;    ///< recording, or folder of them; empty: none
  std::string jsonl;  ///< file, "-"; empty: none
  bool local = true;
  NetworkArguments network;
  video::WriteOptions write;
};

/// True if one of the paths is a stream or a TOML file. @throws Error(invalid_argument) if only
/// some are
[[nodiscard]] bool names_streams(const std::vector<std::string>& paths);

/// Streams by name, each name once.
/// @throws Error as read_cameras(); Error(invalid_argument) for inconsistent options
void plan_streams(const std::vector<std::string>& paths, const LiveArguments& arguments,
                  LivePlan& plan);

/// Runs until it is stopped (SIGINT, SIGTERM), the time is over, or all streams have ended.
/// @return exit code
int run_live(const LivePlan& plan);

/// Writes the first frame of each stream with its zones and lines. @return exit code
int show_zones(const LivePlan& plan);

}  // namespace faceshot::cli
