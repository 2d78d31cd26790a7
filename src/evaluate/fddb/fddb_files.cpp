#include "evaluate/fddb/fddb_files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <unordered_map>

#include <fmt/format.h>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::evaluate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view list_begin = "FDDB-fold-", list_end = "-ellipseList.txt";

/// Numbers of a line, separated by blanks; empty if it has anything else.
std::vector<double> numbers_of(const std::string& line) {
  std::vector<double> numbers;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at != end) {
    if (*at == ' ' || *at == '\t') {
      ++at;
      continue;
    }
    double number = 0;
    const auto [rest, fault] = std::from_chars(at, end, number);
    if (fault != std::errc() || !std::isfinite(number)) return {};
    numbers.push_back(number);
    at = rest;
  }
  return numbers;
}

/// Reads "NAME, NUMBER, as many lines" repeatedly.
class FddbList {
 public:
  explicit FddbList(fs::path path) : path_(std::move(path)), file_(path_) {
    if (!fs::exists(path_)) throw Error(ErrorCode::not_found, path_.string() + ": no such file");
    if (!file_) throw Error(ErrorCode::io, path_.string() + ": cannot be read");
  }

  /// @param image called with each name @return a function that receives the numbers of each of its
  /// lines
  void read(
      const std::function<std::function<void(const std::vector<double>&)>(const std::string&)>&
          image) {
    while (next()) {
      if (line_.empty()) continue;
      const auto take = image(line_);
      require_line();
      const std::vector<double> count = numbers_of(line_);
      if (count.size() != 1 || count[0] < 0 || count[0] != std::floor(count[0]) || count[0] > 1e6)
        fail("the number of regions is expected here, not '" + line_ + "'");
      for (auto left = static_cast<std::size_t>(count[0]); left > 0; --left) {
        require_line();
        take(numbers_of(line_));
      }
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, path_.string() + ":" + std::to_string(number_) + ": " + what);
  }
  [[nodiscard]] const std::string& line() const { return line_; }

 private:
  bool next() {
    if (!std::getline(file_, line_)) return false;
    ++number_;
    while (!line_.empty() && (line_.back() == '\r' || line_.back() == ' ')) line_.pop_back();
    return true;
  }
  void require_line() {
    if (!next()) fail("the file ends where a line of its last image is expected");
  }

  fs::path path_;
  std::ifstream file_;
  std::string line_;
  std::size_t number_ = 0;
};

std::vector<FddbImage> read_list(const fs::path& path) {
  FddbList list(path);
  std::vector<FddbImage> images;
  list.read([&](const std::string& name) {
    images.push_back({name, 0, 0, {}, {}});
    return [&](const std::vector<double>& n) {
      if (n.size() < 5 || !(n[0] > 0) || !(n[1] > 0))
        list.fail(
            "an ellipse is expected here (major radius, minor radius, angle, x, y, 1), not '" +
            list.line() + "'");
      images.back().faces.push_back({n[0], n[1], n[2], n[3], n[4]});
    };
  });
  return images;
}

using FddbPlaces = std::unordered_map<std::string, FddbImage*>;

void read_results_of(const fs::path& path, const FddbPlaces& places,
                     std::unordered_map<std::string, bool>& done) {
  FddbList list(path);
  list.read([&](const std::string& name) {
    const auto place = places.find(name);
    if (place == places.end())
      throw Error(ErrorCode::invalid_argument,
                  path.string() + " has a result of '" + name + "', which is in none of the folds");
    if (done[name]) list.fail("a second result of '" + name + "'");
    done[name] = true;
    return [&list, image = place->second](const std::vector<double>& n) {
      if (n.size() == 5 && n[2] >= 0 && n[3] >= 0)
        image->found.push_back({FddbRectangle{n[0], n[1], n[2], n[3]}, n[4]});
      else if (n.size() == 6 && n[0] > 0 && n[1] > 0)
        image->found.push_back({FddbEllipse{n[0], n[1], n[2], n[3], n[4]}, n[5]});
      else
        list.fail(
            "a detection is expected here (x y width height score, or major minor angle x y "
            "score), not '" +
            list.line() + "'");
    };
  });
}

std::string result_name(const FddbFold& fold) { return "fold-" + fold.name + "-out.txt"; }

}  // namespace

std::vector<FddbFold> read_fddb_folds(const fs::path& dir) {
  if (!fs::is_directory(dir))
    throw Error(
        ErrorCode::not_found,
        dir.string() + ": no such folder; it should hold FDDB-fold-01-ellipseList.txt to 10");
  std::vector<FddbFold> folds;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(list_begin) || !name.ends_with(list_end) ||
        name.size() <= list_begin.size() + list_end.size())
      continue;
    folds.push_back(
        {name.substr(list_begin.size(), name.size() - list_begin.size() - list_end.size()),
         read_list(entry.path())});
  }
  if (folds.empty())
    throw Error(ErrorCode::not_found,
                dir.string() + ": has no FDDB-fold-NN-ellipseList.txt, FDDB's lists of faces");
  std::sort(folds.begin(), folds.end(),
            [](const FddbFold& a, const FddbFold& b) { return a.name < b.name; });
  return folds;
}

void read_fddb_results(const fs::path& path, std::vector<FddbFold>& folds) {
  FddbPlaces places;
  for (FddbFold& fold : folds)
    for (FddbImage& image : fold.images) places[image.name] = &image;
  std::unordered_map<std::string, bool> done;
  if (fs::is_directory(path))
    for (const FddbFold& fold : folds) read_results_of(path / result_name(fold), places, done);
  else
    read_results_of(path, places, done);
  for (const FddbFold& fold : folds)
    for (const FddbImage& image : fold.images)
      if (!done[image.name])
        throw Error(ErrorCode::invalid_argument,
                    path.string() + " has no result of '" + image.name + "' of fold " + fold.name +
                        "; images without detections need the number 0");
}

void write_fddb_results(const fs::path& dir, const std::vector<FddbFold>& folds) {
  support::make_folder(dir);
  for (const FddbFold& fold : folds) {
    std::string text;
    for (const FddbImage& image : fold.images) {
      text += fmt::format("{}\n{}\n", image.name, image.found.size());
      for (const FddbFound& found : image.found) {
        if (const auto* r = std::get_if<FddbRectangle>(&found.region)) {
          text += fmt::format("{} {} {} {} {}\n", r->x, r->y, r->w, r->h, found.score);
        } else {
          const auto& e = std::get<FddbEllipse>(found.region);
          text +=
              fmt::format("{} {} {} {} {} {}\n", e.major, e.minor, e.angle, e.x, e.y, found.score);
        }
      }
    }
    support::write_file_atomically(dir / result_name(fold), text);
  }
}

}  // namespace faceshot::evaluate
