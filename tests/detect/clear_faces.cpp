#include "detect/clear_faces.hpp"

#include <algorithm>

#include "data/import/wider_text.hpp"
#include "faceshot/box.hpp"
#include "media/opencv.hpp"

namespace faceshot::testing {

namespace fs = std::filesystem;

fs::path wider_folder() { return fs::path(FACESHOT_SHARED_DIR) / "data/wider"; }

ClearFaces find_clear_faces(const Detector& detector) {
  ClearFaces faces;
  int images = 0;
  data::FlawLog flaws;
  for (const auto& labelled : data::read_wider_text(
           wider_folder() / "wider_face_split/wider_face_val_bbx_gt.txt", flaws)) {
    const fs::path file = wider_folder() / "WIDER_val/images" / labelled.image;
    if (!fs::exists(file) || ++images % 4 != 0) continue;
    const cv::Mat image = media::read_mat(file);
    const auto detections = detector.detect(media::view_of(image));
    const float scale = 640.0F / static_cast<float>(std::max(image.cols, image.rows));
    for (const geometry::Annotation& a : labelled.annotations) {
      if (a.ignore || a.occlusion != 0 || a.blur != 0 || a.pose != 0 ||
          std::min(a.box.width(), a.box.height()) * scale < 30)
        continue;
      ++faces.all;
      faces.found += std::any_of(detections.begin(), detections.end(),
                                 [&](const Detection& d) { return iou(d.box, a.box) >= 0.5F; });
    }
  }
  return faces;
}

}  // namespace faceshot::testing
