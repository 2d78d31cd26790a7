#include "augment/search/search_folder.hpp"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::augment::search {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw Error(ErrorCode::not_found, "'" + file.string() + "' cannot be read: is '" +
                                          file.parent_path().string() +
                                          "' the folder of a search (--dir)?");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string numbered(int trial) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d", trial);
  return text;
}

std::string numbered(int trial, int rung) { return numbered(trial) + "-" + std::to_string(rung); }

/// Content of a small file that is written in one go. Null: not written yet.
nlohmann::json json_of(const fs::path& file) {
  const std::string text = read_text(file);
  if (text.empty()) return nullptr;
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::format, file.string() + ": is damaged (" + e.what() +
                                       "); remove it to run its trial again");
  }
}

/// Calls `take` with each JSON file of a folder; its errors become errors of the file.
template <class Take>
void each_json(const fs::path& folder, const Take& take) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    try {
      take(entry.path());
    } catch (const nlohmann::json::exception& e) {
      throw Error(ErrorCode::format, entry.path().string() + ": is damaged (" + e.what() +
                                         "); remove it to run its trial again");
    }
  }
}

Proposal proposal_of(const nlohmann::json& json) {
  return {json.at("picks").get<Picks>(), json.at("parent").get<int>()};
}

TrialResult result_of(const nlohmann::json& json) {
  TrialResult result;
  json.at("trial").get_to(result.trial);
  json.at("rung").get_to(result.rung);
  if (!json.at("figure").is_null()) result.figure = json.at("figure").get<double>();
  json.at("seconds").get_to(result.seconds);
  json.at("folder").get_to(result.folder);
  json.at("worker").get_to(result.worker);
  json.at("note").get_to(result.note);
  return result;
}

}  // namespace

void SearchFolder::create(const fs::path& folder, SearchSettings settings,
                          const SearchSpace& space) {
  validate(settings);
  settings.space = space.text();
  const fs::path file = folder / "search.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    for (const char* name : {"proposals", "policies", "results", "claims", "runs"})
      support::make_folder(folder / name);
    if (support::write_file_once(file, settings_json(settings))) {
      support::write_file_atomically(folder / "space.toml", space.text());
      return;
    }
  }
  if (read_settings(read_text(file), file.string()) == settings) return;
  throw Error(ErrorCode::invalid_argument,
              "'" + folder.string() + "' contains a search with other settings; resume it with " +
                  "--resume " + folder.string() + ", or give another --dir");
}

SearchFolder::SearchFolder(fs::path folder, std::string worker, ClaimTimes times)
    : folder_(std::move(folder)),
      worker_(std::move(worker)),
      settings_(
          read_settings(read_text(folder_ / "search.json"), (folder_ / "search.json").string())),
      space_(SearchSpace::parse(settings_.space, (folder_ / "space.toml").string())),
      claims_(folder_ / "claims", worker_, times) {
  validate(settings_);
}

const SearchRecord& SearchFolder::read() {
  try {
    each_json(folder_ / "proposals", [this](const fs::path& file) {
      int trial = -1;
      if (std::sscanf(file.filename().c_str(), "%d", &trial) != 1) return;
      if (record_.proposals.contains(trial)) return;
      const nlohmann::json json = json_of(file);
      if (!json.is_null()) record_.proposals[trial] = proposal_of(json);
    });
    each_json(folder_ / "results", [this](const fs::path& file) {
      int trial = -1, rung = -1;
      if (std::sscanf(file.filename().c_str(), "%d-%d", &trial, &rung) != 2) return;
      if (record_.results.contains({trial, rung})) return;
      const nlohmann::json json = json_of(file);
      if (!json.is_null()) record_.results[{trial, rung}] = result_of(json);
    });
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "'" + folder_.string() + "': " + e.code().message());
  }
  return record_;
}

Proposal SearchFolder::settle(int trial, const Proposal& proposal) {
  const fs::path file = folder_ / "proposals" / (numbered(trial) + ".json");
  nlohmann::ordered_json json{{"picks", proposal.picks}, {"parent", proposal.parent}};
  const auto& choices = space_.choices();
  for (std::size_t c = 0; c < choices.size(); ++c)
    json["chosen"][choices[c].name] =
        choices[c].options[static_cast<std::size_t>(proposal.picks[c])];
  Proposal settled = proposal;
  if (!support::write_file_once(file, json.dump(2) + "\n")) settled = proposal_of(json_of(file));
  const fs::path policy = policy_file(trial);
  std::error_code ignored;
  if (!fs::exists(policy, ignored))
    support::write_file_atomically(
        policy, search::policy_file(space_.policy(settled.picks),
                                    {"Trial " + std::to_string(trial) +
                                     " of a search by faceshot augment search."}));
  return settled;
}

std::unique_ptr<Claim> SearchFolder::claim(int trial, int rung) {
  auto claim = claims_.take(numbered(trial, rung));
  if (claim == nullptr) return nullptr;
  // It may have been done between reading the results and claiming it.
  std::error_code ignored;
  if (fs::exists(folder_ / "results" / (numbered(trial, rung) + ".json"), ignored)) {
    claim->finish();
    return nullptr;
  }
  return claim;
}

bool SearchFolder::publish(const TrialResult& result) {
  nlohmann::ordered_json json{{"trial", result.trial},   {"rung", result.rung},
                              {"figure", nullptr},       {"seconds", result.seconds},
                              {"folder", result.folder}, {"worker", result.worker},
                              {"note", result.note}};
  if (result.figure) json["figure"] = *result.figure;
  return support::write_file_once(
      folder_ / "results" / (numbered(result.trial, result.rung) + ".json"), json.dump(2) + "\n");
}

std::string SearchFolder::run_folder(int trial, int rung, int generation) {
  return "runs/" + numbered(trial, rung) + "." + std::to_string(generation);
}

fs::path SearchFolder::policy_file(int trial) const {
  return folder_ / "policies" / (numbered(trial) + ".toml");
}

}  // namespace faceshot::augment::search
