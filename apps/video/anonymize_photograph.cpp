// Hides the faces of one photograph.
#include <fmt/format.h>

#include <chrono>

#include "anonymize.hpp"
#include "media/photographs/image_bytes.hpp"
#include "media/photographs/image_file.hpp"
#include "media/photographs/image_tags.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

/// Below this score a hidden face should be reviewed.
constexpr float unsure_score = 0.5F;
/// Share of the minimum score above which a visible detection should be reviewed.
constexpr float nearly = 0.7F;

}  // namespace

Hidden anonymize_photograph(const Anonymizer& a, const Medium& medium,
                            const std::filesystem::path& out) {
  const auto start = std::chrono::steady_clock::now();
  Hidden result{.file = medium.file.string(), .out = out.string()};
  const media::ImageBytes file = media::read_image_bytes(medium.file, media::Tail::optional);
  media::Photograph photograph =
      media::decode_photograph(file.bytes, medium.file.string(), {.tail = media::Tail::optional});
  if (!photograph.warning.empty())
    result.warnings.push_back("'" + result.file + "': " + photograph.warning);
  if (file.frame.animated)
    result.warnings.push_back("'" + result.file +
                              "' is an animation; only its first frame is written");
  const float sure = a.sure_of_photograph;
  std::vector<Box> boxes;
  for (const Detection& face : a.network.detector.detect(photograph.image.view())) {
    const bool hidden = face.score >= sure;
    if (hidden) {
      boxes.push_back(face.box);
      ++result.detected;
    }
    // Detections that nearly count as faces and stay visible are reviewed first.
    if (hidden && face.score >= unsure_score) continue;
    if (!hidden && face.score < nearly * sure) continue;
    ++result.wants_look;
    a.review.add(
        photograph.image, face.box, hidden ? 1 : 0,
        fmt::format("{} {:.2f}", hidden ? "hidden" : "NOT HIDDEN", static_cast<double>(face.score)),
        medium.name.string());
  }
  result.faces = static_cast<std::int64_t>(boxes.size());
  a.hider.hide(photograph.image, boxes);
  const auto tags = media::image_tags(file.bytes, file.frame, a.arguments.write.keep_metadata);
  try {
    support::make_folder(out.parent_path());
    media::write_image(out, photograph.image.view(), tags);
  } catch (const Error& e) {
    throw CannotWrite(e);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace faceshot::cli
