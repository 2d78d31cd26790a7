#include "evaluate_errors.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <unordered_map>
#include <utility>

#include "data/stats/face_crop.hpp"
#include "evaluate/ap_by_height.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/draw.hpp"
#include "media/opencv.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

using evaluate::errors_at;
using evaluate::ErrorsAtRecall;
using evaluate::face_heights;
using evaluate::judge;

namespace fs = std::filesystem;

constexpr std::array<double, 6> recalls{0.5, 0.6, 0.7, 0.8, 0.85, 0.9};
constexpr double missed_recall = 0.85;  ///< missed faces are those at the score with this recall
constexpr std::size_t shown = 40;
constexpr int columns = 8;
constexpr int crop_side = 200;  ///< of a crop on the sheet
constexpr int caption = 34;     ///< pixels below the crop

/// DIR/<event>/<image> with any extension.
fs::path find_photograph(const fs::path& dir, const std::string& name) {
  for (const char* const ending : {".jpg", ".jpeg", ".png", ".webp", ".JPG"}) {
    fs::path file = dir / (name + ending);
    if (fs::exists(file)) return file;
  }
  throw Error(ErrorCode::not_found,
              "no photograph of " + name + " in '" + dir.string() +
                  "'; --images takes the folder that holds <event>/<image>.jpg");
}

nlohmann::ordered_json to_json(const ErrorsAtRecall& errors) {
  nlohmann::ordered_json json{{"recall", errors.recall}, {"score", nullptr}};
  if (!errors.score) return json;
  json["score"] = *errors.score;
  json["found"] = errors.found;
  for (std::size_t k = 0; k < evaluate::error_kinds; ++k) {
    const auto& sizes = errors.counts[k];
    json[std::string(evaluate::error_names[k])] = {
        {"total", errors.total(static_cast<evaluate::Verdict>(k))},
        {"below_32px", sizes[0]},
        {"32_to_64px", sizes[1]},
        {"above_64px", sizes[2]}};
  }
  return json;
}

/// One crop of a sheet and row of the list.
struct Item {
  std::size_t image = 0;
  std::optional<std::size_t> box;   ///< the detection
  std::optional<std::size_t> face;  ///< the one that it overlaps most, or the missed one
  double iou = 0;
  bool missed = false;  ///< the face is missed
};

cv::Rect2d rectangle(const geometry::Xywh& b) { return {b.x, b.y, b.w, b.h}; }
cv::Rect2d rectangle(const evaluate::ScoredBox& b) { return {b.x, b.y, b.w, b.h}; }

const cv::Scalar red(40, 40, 255), green(60, 220, 60), dull(90, 130, 90);

cv::Rect2d focus_of(const Item& item, const ErrorStudy& study) {
  return item.missed ? rectangle(study.faces[item.image][*item.face])
                     : rectangle(study.boxes[item.image][*item.box]);
}

cv::Mat crop_of(const Item& item, const ErrorStudy& study, const ErrorSetting& setting) {
  const cv::Rect2d focus = focus_of(item, study);
  data::FaceCrop crop =
      data::crop_around(media::read_mat(study.photograph(item.image)), focus, crop_side);
  for (std::size_t f = 0; f < study.faces[item.image].size(); ++f)
    draw_box(crop, rectangle(study.faces[item.image][f]),
             setting.counts[item.image][f] != 0 ? green : dull, item.face == f ? 2 : 1);
  if (item.box) draw_box(crop, rectangle(study.boxes[item.image][*item.box]), red, 2);
  return crop.image;
}

/// "0.981  IoU 0.12  64 px"
std::string text_of(const Item& item, const ErrorStudy& study, const char* between = "  ") {
  const cv::Rect2d focus = focus_of(item, study);
  std::string text = "no face near";
  if (item.box)
    text = fmt::format("{:.3f}{}IoU {:.2f}", study.boxes[item.image][*item.box].score, between,
                       item.iou);
  return text + fmt::format("{}{:.0f} px", between, std::min(focus.width, focus.height));
}

cv::Mat picture_of(const Item& item, const ErrorStudy& study, const ErrorSetting& setting) {
  const cv::Mat crop = crop_of(item, study, setting);
  cv::Mat cell(crop_side + caption, crop_side, CV_8UC3, cv::Scalar::all(20));
  crop.copyTo(cell(cv::Rect(0, 0, crop_side, crop_side)));
  cv::putText(cell, text_of(item, study), {3, crop_side + 13}, cv::FONT_HERSHEY_SIMPLEX, 0.42, red,
              1, cv::LINE_AA);
  // The end of the image's name is more specific than its event.
  std::string name = study.names[item.image];
  constexpr std::size_t fits = 30;
  if (name.size() > fits) name = ".." + name.substr(name.size() - fits + 2);
  cv::putText(cell, name, {3, crop_side + 28}, cv::FONT_HERSHEY_SIMPLEX, 0.34, cv::Scalar::all(230),
              1, cv::LINE_AA);
  return cell;
}

void write_sheet(const fs::path& file, const std::vector<Item>& items, const ErrorStudy& study,
                 const ErrorSetting& setting) {
  std::error_code ignored;
  fs::remove(file, ignored);  // left by an earlier run with such errors
  if (items.empty()) return;
  std::vector<cv::Mat> cells;
  for (const Item& item : items) cells.push_back(picture_of(item, study, setting));
  media::write_mat(file, media::contact_sheet(cells, columns, {crop_side, crop_side + caption}));
}

void add_rows(std::string& csv, const char* kind, const std::vector<Item>& items,
              const ErrorStudy& study) {
  const auto numbers = [](double x, double y, double w, double h) {
    return fmt::format(",{:.6g},{:.6g},{:.6g},{:.6g}", x, y, w, h);
  };
  for (const Item& item : items) {
    csv += std::string(kind) + "," + study.names[item.image];
    if (item.box) {
      const evaluate::ScoredBox& b = study.boxes[item.image][*item.box];
      csv += fmt::format(",{:.6g},{:.4f}", b.score, item.iou) + numbers(b.x, b.y, b.w, b.h);
    } else {
      csv += ",,,,,,";
    }
    if (item.face) {
      const geometry::Xywh& f = study.faces[item.image][*item.face];
      csv += numbers(f.x, f.y, f.w, f.h) + "\n";
    } else {
      csv += ",,,,\n";
    }
  }
}

/// The worst of one kind, by descending score. @param kind none: all kinds
std::vector<Item> worst_alarms(const evaluate::Judgement& judgement,
                               std::optional<evaluate::Verdict> kind) {
  std::vector<Item> items;
  for (const evaluate::JudgedBox& b : judgement.boxes) {
    if (items.size() == shown) break;
    if (b.verdict == evaluate::Verdict::hit || (kind && b.verdict != *kind)) continue;
    items.push_back({b.image, b.box, std::nullopt, b.iou, false});
    if (b.iou > 0) items.back().face = b.face;
  }
  return items;
}

std::vector<Item> worst_misses(const evaluate::Judgement& judgement,
                               const std::vector<evaluate::LabelledDetections>& images) {
  const std::array at{missed_recall};
  // If that recall is never reached, missed faces are those that are never found.
  const double score =
      errors_at(judgement, images, at)
          .front()
          .score.value_or(judgement.boxes.empty() ? 0 : judgement.boxes.back().score);
  std::vector<Item> items;
  for (const evaluate::MissedFace& m : evaluate::missed_faces(judgement, images, score)) {
    if (items.size() == shown) break;
    items.push_back({m.image, m.nearest, m.face, m.iou, true});
  }
  return items;
}

std::vector<support::DocumentPicture> pictures_of(const std::vector<Item>& items,
                                                  const char* meaning, const ErrorStudy& study,
                                                  const ErrorSetting& setting) {
  std::vector<support::DocumentPicture> pictures;
  for (const Item& item : items) {
    const auto jpeg = media::encode_jpeg(media::view_of(crop_of(item, study, setting)), 82);
    const std::string text = text_of(item, study, ", ") + ", " + study.names[item.image];
    pictures.push_back({{jpeg.begin(), jpeg.end()}, std::string(meaning) + ": " + text, text});
  }
  return pictures;
}

}  // namespace

std::vector<support::DocumentPicture> missed_pictures(const ErrorStudy& study,
                                                      const ErrorSetting& setting) {
  const auto images = views(study, setting);
  return pictures_of(worst_misses(judge(images), images), "Missed face", study, setting);
}

std::vector<support::DocumentPicture> alarm_pictures(const ErrorStudy& study,
                                                     const ErrorSetting& setting) {
  const auto images = views(study, setting);
  return pictures_of(worst_alarms(judge(images), std::nullopt), "False positive", study, setting);
}

ErrorStudy wider_study(const evaluate::WiderGroundTruth& truth, const Scored& scored,
                       const fs::path& images) {
  ErrorStudy study;
  for (const auto name : evaluate::wider_settings)
    study.settings.push_back({std::string(name), {}});
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < scored.images.size(); ++i)
    place[scored.images[i].event + "/" + scored.images[i].image] = i;
  std::vector<std::size_t> records;
  for (const evaluate::WiderImage& image : truth.images) {
    const auto found = place.find(image.event + "/" + image.name);
    if (found == place.end() || image.faces.empty()) continue;
    study.names.push_back(found->first);
    study.faces.push_back(image.faces);
    study.boxes.push_back(scored.images[found->second].boxes);
    study.excused.emplace_back();
    study.attributes.push_back(image.attributes);
    for (std::size_t s = 0; s < evaluate::wider_settings.size(); ++s)
      study.settings[s].counts.push_back(image.counts[s]);
    records.push_back(found->second);
  }
  study.photograph = [&scored, images, records, names = study.names](std::size_t i) {
    if (!images.empty()) return find_photograph(images, names[i]);
    return scored.set.images_dir / scored.set.records[records[i]].image;
  };
  return study;
}

ErrorStudy prepared_study(const Scored& scored, const evaluate::ByClass& by_class) {
  ErrorStudy study;
  for (const int height : face_heights)
    study.settings.push_back({std::to_string(height) + "px", {}});
  study.settings.push_back({"all", {}});
  for (std::size_t i = 0; i < by_class.records.size(); ++i) {
    const auto& of = scored.images[i % by_class.images];
    study.names.push_back(of.event + "/" + of.image);
    study.boxes.emplace_back();
    study.faces.emplace_back();
    study.excused.emplace_back();
    study.attributes.emplace_back();
    for (ErrorSetting& setting : study.settings) setting.counts.emplace_back();
    std::vector<evaluate::GroundTruthBox> truth;
    for (const geometry::Annotation& a : by_class.records[i].annotations) {
      truth.push_back({a.box, a.ignore});
      study.faces.back().push_back(geometry::to_xywh(a.box));
      study.attributes.back().push_back(
          {a.blur, a.expression, a.illumination, a.occlusion, a.pose});
      for (std::size_t s = 0; s < study.settings.size(); ++s) {
        const int least = s < face_heights.size() ? face_heights[s] : 0;
        study.settings[s].counts.back().push_back(
            !a.ignore && a.box.height() >= static_cast<float>(least) ? 1 : 0);
      }
    }
    for (const Detection& d : by_class.detections[i]) {
      study.boxes.back().push_back(evaluate::to_scored_box(d));
      study.excused.back().push_back(evaluate::is_excused(d.box, truth) ? 1 : 0);
    }
  }
  study.photograph = [&scored, images = by_class.images](std::size_t i) {
    return scored.set.images_dir / scored.set.records[i % images].image;
  };
  return study;
}

const ErrorSetting& find_setting(const ErrorStudy& study, const std::string& name) {
  std::string known;
  for (const ErrorSetting& setting : study.settings) {
    if (setting.name == name) return setting;
    known += (known.empty() ? "" : ", ") + setting.name;
  }
  throw Error(ErrorCode::invalid_argument, "--errors-on " + name + ": it must be one of " + known);
}

std::string error_table(const ErrorStudy& study, const ErrorSetting& setting) {
  const auto images = views(study, setting);
  const evaluate::Judgement judgement = judge(images);
  std::string table = "false positives on " + setting.name +
                      ", by shorter side in px\n                   duplicate            badly "
                      "placed         background\n"
                      "recall   score    <32  32-64   >64     <32  32-64   >64     <32  32-64   "
                      ">64\n";
  for (const ErrorsAtRecall& errors : errors_at(judgement, images, recalls)) {
    table += fmt::format("{:<6.2g} ", errors.recall);
    if (!errors.score) {
      table += "is not reached\n";
      continue;
    }
    table += fmt::format("{:>7.4g}", *errors.score);
    for (const auto& sizes : errors.counts)
      table += fmt::format("  {:5}  {:5} {:5}", sizes[0], sizes[1], sizes[2]);
    table += "\n";
  }
  return table;
}

nlohmann::ordered_json error_json(const ErrorStudy& study) {
  nlohmann::ordered_json json;
  for (const ErrorSetting& setting : study.settings) {
    const auto images = views(study, setting);
    for (const ErrorsAtRecall& errors : errors_at(judge(images), images, recalls))
      json[setting.name].push_back(to_json(errors));
  }
  return json;
}

void write_error_sheets(const ErrorStudy& study, const ErrorSetting& setting, const fs::path& dir) {
  support::make_folder(dir);
  const auto images = views(study, setting);
  const evaluate::Judgement judgement = judge(images);
  std::string csv = "kind,image,score,iou,x,y,width,height,face_x,face_y,face_width,face_height\n";
  const auto write = [&](std::string kind, const std::vector<Item>& items) {
    std::replace(kind.begin(), kind.end(), ' ', '_');
    write_sheet(dir / (kind + ".png"), items, study, setting);
    add_rows(csv, kind.c_str(), items, study);
  };
  for (std::size_t k = 0; k < evaluate::error_kinds; ++k) {
    write(std::string(evaluate::error_names[k]),
          worst_alarms(judgement, static_cast<evaluate::Verdict>(k)));
  }
  write("missed", worst_misses(judgement, images));
  support::write_file_atomically(dir / "errors.csv", csv);
}

}  // namespace faceshot::cli
