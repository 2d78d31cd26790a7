// `faceshot data audit`: labels that are probably missing or loose, for a person to decide.
#include <fmt/format.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/console.hpp"
#include "data/audit/audit_decisions.hpp"
#include "data/audit/audit_page.hpp"
#include "data/prepared/splits.hpp"
#include "data_commands.hpp"
#include "detector_on_set.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct AuditArguments : DetectorOnSet {
  fs::path out = "audit.html";
  fs::path apply;
  data::AuditOptions audit;
  std::size_t count = 500;
};

nlohmann::ordered_json to_json(const data::PreparedSet& set, const data::Suspect& s) {
  const auto box = [](const Box& b) { return nlohmann::ordered_json{b.x1, b.y1, b.x2, b.y2}; };
  nlohmann::ordered_json json{{"image", set.records[s.record].image},
                              {"kind", data::name_of(s.kind)},
                              {"class", set.classes[static_cast<std::size_t>(s.class_id)]},
                              {"box", box(s.box)},
                              {"score", s.score},
                              {"iou", s.iou},
                              {"gain", s.gain}};
  if (s.label) json["label"] = box(set.records[s.record].annotations[*s.label].box);
  return json;
}

int look(AuditArguments o) {
  if (o.set.empty())
    throw Error(ErrorCode::invalid_argument,
                "data audit needs a prepared set, or --apply with a file of decisions");
  const fs::path csv = data::split_file(o.set, o.split, "train");
  const data::PreparedSet set = data::read_prepared(csv);
  const Detector detector = open_detector_on_set(o, o.audit.score);
  const auto run = [&] {
    Progress progress("looking", set.records.size());
    return data::audit_labels(set, detector, o.audit, o.threads,
                              [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const data::LabelAudit audit = run();
  support::make_folder(o.out.parent_path());
  support::write_file_atomically(
      o.out, data::audit_page(set, audit, csv, o.count, o.model.filename().string()));
  for (const std::string& reason : audit.damaged)
    std::fprintf(stderr, "faceshot: skipped: %s\n", reason.c_str());
  const auto missing = static_cast<std::size_t>(
      std::count_if(audit.suspects.begin(), audit.suspects.end(),
                    [](const data::Suspect& s) { return s.kind == data::SuspectKind::missing; }));
  if (o.json) {
    nlohmann::ordered_json json{{"csv", csv.string()},
                                {"page", o.out.string()},
                                {"images", audit.images},
                                {"labels", audit.labels},
                                {"damaged", audit.damaged},
                                {"missing", missing},
                                {"loose", audit.suspects.size() - missing},
                                {"suspects", nlohmann::ordered_json::array()}};
    for (const data::Suspect& s : audit.suspects) json["suspects"].push_back(to_json(set, s));
    std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return exit_ok;
  }
  std::printf("labels                %8zu  in %zu images\n", audit.labels, audit.images);
  std::printf("suspected missing     %8zu\n", missing);
  std::printf("suspected loose       %8zu\n", audit.suspects.size() - missing);
  std::printf(
      "review %s, download the decisions, then run: faceshot data audit --apply "
      "audit-decisions.json\n",
      o.out.c_str());
  return exit_ok;
}

int apply(const AuditArguments& o) {
  const data::AuditDecisions decisions = data::read_audit_decisions(o.apply);
  const fs::path csv = o.set.empty() ? decisions.csv : data::split_file(o.set, o.split, "train");
  data::PreparedSet set = data::read_prepared(csv);
  const data::AppliedAudit applied = data::apply_audit(decisions, set);
  std::string source = data::source_of(csv);
  const std::string mark = "; audited with faceshot data audit";
  if (source.find(mark) == std::string::npos) source += mark;
  data::write_prepared(csv.parent_path(), csv.stem().string(), set, source);
  if (o.json) {
    const nlohmann::ordered_json json{{"csv", csv.string()},
                                      {"added", applied.added},
                                      {"replaced", applied.replaced},
                                      {"rejected", applied.rejected},
                                      {"already", applied.already}};
    std::printf("%s\n", json.dump(2).c_str());
    return exit_ok;
  }
  std::printf("labels added      %6zu\nboxes replaced    %6zu\nrejected          %6zu\n",
              applied.added, applied.replaced, applied.rejected);
  if (applied.already > 0) std::printf("already present   %6zu\n", applied.already);
  std::printf("the set is %s\n", csv.c_str());
  return exit_ok;
}

}  // namespace

void add_data_audit(CLI::App& data, int& exit_code) {
  auto options = std::make_shared<AuditArguments>();
  AuditArguments& o = *options;
  CLI::App* command = data.add_subcommand(
      "audit", "Find labels that may be missing or loose, by comparing them with a detector");
  add_detector_on_set(*command, o, "Print all suspects, or what was applied, as JSON");
  command->add_option("--out", o.out, "HTML page for the review")->capture_default_str();
  command
      ->add_option("--count", o.count,
                   "Number of suspects on the page, those with the greatest expected gain first")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  command->add_option("--score", o.audit.score, "Minimum score of a detection")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command->add_option("--overlap", o.audit.overlap, "Minimum IoU for a detection to match a label")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command->add_option("--loose", o.audit.loose, "A matched label below this IoU is loose")
      ->check(CLI::Range(0.0F, 1.0F))
      ->capture_default_str();
  command
      ->add_option("--min-side", o.audit.min_side,
                   "Skip detections with a shorter side below this, pixels")
      ->check(CLI::Range(0.0F, 1e4F))
      ->capture_default_str();
  command->add_option("--apply", o.apply,
                      "Apply the decisions downloaded from the page to the set's CSV file");
  command->footer(
      "Examples:\n"
      "  faceshot data audit data/mine --out audit.html\n"
      "  faceshot data audit --apply audit-decisions.json");
  command->callback([options, &exit_code] {
    exit_code = guarded([&] { return options->apply.empty() ? look(*options) : apply(*options); });
  });
}

}  // namespace faceshot::cli
