// One policy for problems in foreign data sets: the record is omitted or repaired, counted and
// reported, and the import continues; a strict import stops instead.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::data {

/// What happened to records with a flaw.
enum class FlawEffect {
  left_out,  ///< a box, an image or a label file that is missing from the set
  changed,   ///< kept, but not as in the file
};

/// All flaws of one kind.
struct FlawKind {
  FlawEffect effect = FlawEffect::left_out;
  /// Plural, a table row that starts with what is lost: "boxes outside their image", "images ..."
  std::string name;
  std::size_t count = 0;            ///< of records
  std::vector<std::string> places;  ///< of the first most_places: "FILE:RECORD: what is wrong"
};

/// Collects the flaws of one import. Every reader uses one, and none decides by itself whether a
/// flaw ends the import. Bytes of names that are not UTF-8 are written as \xE9 and the like. Not
/// thread safe.
class FlawLog {
 public:
  static constexpr std::size_t most_places = 1000;  ///< per kind; all are counted

  /// @param strict whether the first omitted record ends the import
  explicit FlawLog(bool strict = false) : strict_(strict) {}

  /// Omits a record.
  /// @param kind its row in the table, plural: "boxes that are not numbers"
  /// @param place "FILE:RECORD: what is wrong and what to do"; line breaks become blanks
  /// @throws Error(format) with `place`, if strict
  void left_out(std::string_view kind, const std::string& place) {
    left_out(kind, [&]() -> const std::string& { return place; });
  }

  /// Keeps a record with a change. Never an error.
  void changed(std::string_view kind, const std::string& place) {
    changed(kind, [&]() -> const std::string& { return place; });
  }

  /// The same for flaws that may occur millions of times: `place` is called only if its text is
  /// kept.
  template <std::invocable Place>
  void left_out(std::string_view kind, const Place& place) {
    if (strict_) refuse(place());
    if (FlawKind& known = count_one(FlawEffect::left_out, kind); wants_place(known))
      keep(known, place());
  }
  template <std::invocable Place>
  void changed(std::string_view kind, const Place& place) {
    if (FlawKind& known = count_one(FlawEffect::changed, kind); wants_place(known))
      keep(known, place());
  }

  [[nodiscard]] const std::vector<FlawKind>& kinds() const {
    return kinds_;
  }                                                              ///< in order of
                                                                 ///< first appearance
  [[nodiscard]] std::size_t count(std::string_view kind) const;  ///< 0 if it never occurred
  [[nodiscard]] std::size_t count(FlawEffect effect) const;
  /// The first omitted record; empty if there is none.
  [[nodiscard]] std::string first_left_out() const;

 private:
  [[noreturn]] static void refuse(const std::string& place);
  FlawKind& count_one(FlawEffect effect, std::string_view kind);
  static bool wants_place(const FlawKind& kind) { return kind.places.size() < most_places; }
  static void keep(FlawKind& kind, const std::string& place);

  bool strict_;
  std::vector<FlawKind> kinds_;
};

}  // namespace faceshot::data
