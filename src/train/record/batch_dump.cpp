#include "train/record/batch_dump.hpp"

#include <opencv2/core.hpp>
#include <sstream>

#include "media/image_file.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot {

void dump_batch(const Batch& batch, const std::vector<std::string>& sources,
                const std::filesystem::path& dir) {
  make_folder(dir);
  std::ostringstream csv;
  csv << "picture,source,x1,y1,x2,y2,ignore\n";
  const std::size_t bytes =
      static_cast<std::size_t>(batch.size) * static_cast<std::size_t>(batch.size) * 3;
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch.count); ++i) {
    const std::string picture = std::to_string(i) + ".png";
    // OpenCV's views are never const; write_image() does not write to it.
    auto* const pixels = const_cast<std::uint8_t*>(batch.pixels.data() + i * bytes);
    write_image(dir / picture, cv::Mat(batch.size, batch.size, CV_8UC3, pixels));
    if (batch.annotations[i].empty()) csv << picture << ',' << sources[i] << ",,,,,\n";
    for (const Annotation& a : batch.annotations[i])
      csv << picture << ',' << sources[i] << ',' << a.box.x1 << ',' << a.box.y1 << ',' << a.box.x2
          << ',' << a.box.y2 << ',' << (a.ignore ? 1 : 0) << '\n';
  }
  write_file_atomically(dir / "batch.csv", csv.str());
}

}  // namespace faceshot
