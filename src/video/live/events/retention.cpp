#include "video/live/events/retention.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

struct StoredSnapshot {
  fs::path file;
  double time = 0;
  std::int64_t bytes = 0;
};

/// '#' stands for a digit.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '#' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

/// STREAM/DAY/TIME-FACE.jpg below the folder, the form of snapshot_path().
bool is_snapshot(const fs::path& below) {
  const std::string name = below.filename().string();
  constexpr std::string_view time = "######.###-";
  const std::string day = below.parent_path().filename().string();
  const fs::path stream = below.parent_path().parent_path();
  if (stream.empty() || stream.has_parent_path() || stream == "." || stream == "..") return false;
  if (!has_form(day, "####-##-##") || name.size() < time.size() + 5) return false;
  const std::string face(name.size() - time.size() - 4, '#');
  return has_form(name, std::string(time) + face + ".jpg");
}

std::vector<StoredSnapshot> stored_snapshots(const fs::path& folder) {
  std::vector<StoredSnapshot> all;
  std::error_code failed;
  for (fs::recursive_directory_iterator
           at(folder, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && at != end; at.increment(failed)) {
    struct stat status {};
    if (!is_snapshot(at->path().lexically_relative(folder)) ||
        ::lstat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode))
      continue;
    all.push_back({at->path(),
                   static_cast<double>(status.st_mtim.tv_sec) +
                       1e-9 * static_cast<double>(status.st_mtim.tv_nsec),
                   status.st_size});
  }
  if (failed && failed != std::errc::no_such_file_or_directory)
    throw Error(ErrorCode::io, "cannot read folder '" + folder.string() + "': " + failed.message());
  std::sort(all.begin(), all.end(), [](const StoredSnapshot& a, const StoredSnapshot& b) {
    return std::tie(a.time, a.file) < std::tie(b.time, b.file);
  });
  return all;
}

}  // namespace

RetentionReport remove_old_snapshots(const fs::path& folder, const RetentionRules& rules,
                                     double now) {
  RetentionReport report;
  const std::vector<StoredSnapshot> all = stored_snapshots(folder);
  for (const StoredSnapshot& one : all) {
    ++report.files;
    report.bytes += one.bytes;
  }
  for (const StoredSnapshot& one : all) {
    const bool old = rules.most_age && now - one.time > *rules.most_age;
    const bool too_much = rules.most_bytes && report.bytes > *rules.most_bytes;
    if (!old && !too_much) break;  // all others are newer
    std::error_code failed;
    if (!fs::remove(one.file, failed)) continue;
    --report.files;
    report.bytes -= one.bytes;
    ++report.removed;
    report.removed_bytes += one.bytes;
    // This removes only empty folders.
    fs::remove(one.file.parent_path(), failed);
    fs::remove(one.file.parent_path().parent_path(), failed);
  }
  return report;
}

}  // namespace faceshot::video
