// `faceshot anonymize`: hides faces in films and photographs.
#include "anonymize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "anonymize_report.hpp"
#include "base/in_order.hpp"
#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"
#include "support/folder.hpp"
#include "video_commands.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* image_style = "image:";

/// Whether the output is a folder: for several files, or a folder of them.
bool into_folder(const AnonymizeArguments& a, const std::vector<Medium>& media) {
  std::error_code ignored;
  return media.size() > 1 || fs::is_directory(a.paths.front(), ignored) ||
         fs::is_directory(a.out, ignored) || !fs::path(a.out).has_extension();
}

fs::path target_of(const AnonymizeArguments& a, const std::vector<Medium>& media,
                   const Medium& medium) {
  if (!into_folder(a, media)) return a.out;
  fs::path name = medium.name;
  if (medium.kind == MediumKind::photograph && !media::is_writable_image_path(name))
    name.replace_extension(name.extension().string() + ".jpg");
  return fs::path(a.out) / name;
}

media::Hider make_hider(AnonymizeArguments& a) {
  a.hide.shape = a.shape == "box" ? media::HideShape::box : media::HideShape::ellipse;
  if (a.style.starts_with(image_style)) {
    const std::string file = a.style.substr(std::char_traits<char>::length(image_style));
    if (file.empty())
      throw Error(ErrorCode::invalid_argument, "give an image file, as in --style image:mask.png");
    a.hide.style = media::HideStyle::image;
    return media::Hider(a.hide, media::read_photograph(file).image);
  }
  if (a.style == "blur")
    a.hide.style = media::HideStyle::blur;
  else if (a.style == "pixelate")
    a.hide.style = media::HideStyle::pixelate;
  else if (a.style == "solid")
    a.hide.style = media::HideStyle::solid;
  else
    throw Error(ErrorCode::invalid_argument,
                "--style '" + a.style + "' is unknown; use blur, pixelate, solid or image:FILE");
  return media::Hider(a.hide);
}

void check_anonymize_arguments(const AnonymizeArguments& a, const std::vector<Medium>& media) {
  for (const auto& [option, file] :
       {std::pair("--tracks", &a.tracks), {"--save-tracks", &a.save_tracks}})
    if (!file->empty() && (media.size() != 1 || media.front().kind != MediumKind::film))
      throw Error(ErrorCode::invalid_argument, std::string(option) + " applies to a single film");
  if (!a.shown.empty() && (media.size() != 1 || media.front().kind != MediumKind::film))
    throw Error(
        ErrorCode::invalid_argument,
        "--show-track applies to a single film, since every film numbers its tracks from 1");
  if (!a.tracks.empty() && (!a.save_tracks.empty() || !a.review.empty()))
    throw Error(ErrorCode::invalid_argument,
                "--tracks runs no detector; leave out --save-tracks and --review");
  if (!a.review.empty() && !media::is_writable_image_path(a.review))
    throw Error(ErrorCode::invalid_argument,
                "--review '" + a.review + "' needs an image extension, as in sheet.png");
  for (const auto& [option, file] :
       {std::pair("--review", &a.review), {"--json", &a.json}, {"--save-tracks", &a.save_tracks}})
    refuse_inputs(option, *file, media);
  std::set<fs::path> targets;
  for (const Medium& medium : media) {
    const fs::path out = target_of(a, media, medium);
    refuse_inputs("--out", out, media);
    if (medium.kind == MediumKind::film)
      video::require_writable_film(out, a.write);
    else if (!media::is_writable_image_path(out))
      throw Error(ErrorCode::invalid_argument, "--out '" + out.string() +
                                                   "' needs the extension of an image format that "
                                                   "can be written: .jpg, .png, .webp or .bmp");
    if (!targets.insert(out).second)
      throw Error(ErrorCode::invalid_argument,
                  "two files would become '" + out.string() + "'; process them in two runs");
  }
}

/// Photographs share the cores; a film uses all of them.
class AnonymizeRun {
 public:
  AnonymizeRun(const Anonymizer& anonymizer, const std::vector<Medium>& media,
               AnonymizeReport& report)
      : anonymizer_(anonymizer), media_(media), report_(report) {}

  /// @return how many files failed
  std::size_t all() {
    std::vector<std::size_t> photographs;
    for (std::size_t i = 0; i < media_.size(); ++i)
      if (media_[i].kind == MediumKind::photograph) photographs.push_back(i);
    if (!photographs.empty()) hide_photographs(photographs);
    for (const Medium& medium : media_)
      if (medium.kind == MediumKind::film) take(one(medium));
    return failures_;
  }

 private:
  struct Outcome {
    Hidden hidden;
    std::string error;
    ErrorCode code = ErrorCode::io;
  };

  Outcome one(const Medium& medium) const {
    const fs::path out = target_of(anonymizer_.arguments, media_, medium);
    try {
      return {medium.kind == MediumKind::film ? anonymize_film(anonymizer_, medium, out)
                                              : anonymize_photograph(anonymizer_, medium, out),
              {}};
    } catch (const CannotWrite&) {
      throw;
    } catch (const Error& e) {
      return {{}, e.what(), e.code()};
    }
  }

  void take(const Outcome& outcome) {
    if (outcome.error.empty()) {
      report_.add(outcome.hidden);
      return;
    }
    if (media_.size() == 1) throw Error(outcome.code, outcome.error);
    fmt::print(stderr, "faceshot: {}\n", outcome.error);
    ++failures_;
  }

  void hide_photographs(const std::vector<std::size_t>& indices) {
    Progress progress("photographs", indices.size());
    const auto hide = [&](std::size_t i) { return one(media_[indices[i]]); };
    const auto tell = [&](std::size_t i, const Outcome& outcome) {
      take(outcome);
      progress.update(i + 1);
    };
    base::work_in_order(indices.size(), anonymizer_.network.threads, hide, tell);
  }

  const Anonymizer& anonymizer_;
  const std::vector<Medium>& media_;
  AnonymizeReport& report_;
  std::size_t failures_ = 0;
};

int run_anonymize(AnonymizeArguments a) {
  const std::vector<Medium> media = list_media(a.paths, true);
  check_anonymize_arguments(a, media);
  const media::Hider hider = make_hider(a);
  const TrackingNetwork network = open_network(a.network);
  ReviewSheet review(!a.review.empty());
  AnonymizeReport report(a.json, a.review);
  const float sure =
      a.network.threshold.value_or(media::photograph_share * network.tracker.high_score);
  const Anonymizer anonymizer{a, network, sure, hider, review};
  const std::size_t failures = AnonymizeRun(anonymizer, media, report).all();
  if (!a.review.empty()) review.write(a.review);
  report.finish(review.size());
  return failures == 0 ? exit_ok : exit_failure;
}

void add_hiding_options(CLI::App& command, AnonymizeArguments& a) {
  command
      .add_option("--style", a.style,
                  "blur (a coarse mosaic, smoothed), pixelate (the same mosaic), solid (black) or "
                  "image:FILE")
      ->capture_default_str();
  command.add_option("--shape", a.shape, "ellipse or box")
      ->check(CLI::IsMember({"ellipse", "box"}))
      ->capture_default_str();
  command
      .add_option("--margin", a.hide.margin,
                  "Margin to hide on each side, as a share of the face's width and height")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command
      .add_option("--show-track", a.shown,
                  "Leave this face of the film visible (repeat for several)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option(
      "--tracks", a.tracks,
      "Hide exactly these tracks (MOTChallenge format), for example after manual correction");
  command.add_flag("--keep-metadata", a.write.keep_metadata,
                   "Keep location, device, time and all other tags, chapters, data streams and "
                   "cover art; for photographs, EXIF without its thumbnail");
}

}  // namespace

void add_anonymize(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<AnonymizeArguments>();
  a->network.options.max_side = 1280;
  CLI::App* const command = app.add_subcommand("anonymize", "Hide faces in films and photographs");
  command->add_option("files", a->paths, "Films, photographs, or folders of either")->required();
  command->add_option("--out", a->out, "Output folder, or output file for a single input")
      ->required();
  add_hiding_options(*command, *a);
  command
      ->add_option("--review", a->review,
                   "Contact sheet of all faces that need human review. It shows the faces, so keep "
                   "it private")
      ->group("Report");
  command
      ->add_option("--save-tracks", a->save_tracks,
                   "Write the hidden tracks, to be corrected and passed to --tracks")
      ->group("Report");
  command
      ->add_flag("--json{-}", a->json, "Write a JSON report to standard output, or to --json=FILE")
      ->group("Report");
  command
      ->add_option("--detect-every", a->detect_every,
                   "Run the detector on every Nth frame only and interpolate the rest")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_network_options(
      *command, a->network,
      "Minimum score for hiding a face; in films the face's whole track is hidden. Default: the "
      "network's own threshold for films, three fifths of it for photographs");
  add_encoder_options(*command, a->write);
  command->footer(
      "Examples:\n"
      "  faceshot anonymize clip.mp4 --out hidden.mp4\n"
      "  faceshot anonymize clip.mp4 holiday/ --out hidden/ --style pixelate\n"
      "  faceshot anonymize clip.mp4 --out hidden.mp4 --review sheet.png --save-tracks tracks.csv\n"
      "  faceshot anonymize clip.mp4 --out hidden.mp4 --tracks edited.csv --show-track 3");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run_anonymize(*a); }); });
}

}  // namespace faceshot::cli
