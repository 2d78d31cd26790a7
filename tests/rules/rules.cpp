#include "rules/rules.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string_view>

#include "rules/files.hpp"

namespace faceshot::rules {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern);
       it != std::sregex_iterator(); ++it)
    found.push_back((*it)[it->size() > 1 ? 1 : 0]);
  return found;
}

/// The lines of a list that are neither empty nor comments.
std::vector<std::string> entries(const fs::path& list) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(read(list)))
    if (!line.empty() && line.front() != '#') found.push_back(line);
  return found;
}

/// A list of exceptions; unused ones are violations themselves.
class Exceptions {
 public:
  Exceptions(const fs::path& root, const std::string& list)
      : list_(list), entries_(entries(root / list)) {}

  [[nodiscard]] bool has(const std::string& entry) {
    if (std::find(entries_.begin(), entries_.end(), entry) == entries_.end()) return false;
    used_.insert(entry);
    return true;
  }
  void add_unused(Breaches& breaches) const {
    for (const std::string& entry : entries_)
      if (!used_.contains(entry)) breaches.push_back(list_ + ": nothing needs '" + entry + "'");
  }

 private:
  std::string list_;
  std::vector<std::string> entries_;
  std::set<std::string> used_;
};

struct Function {
  std::string name;
  std::size_t lines;
};

/// Functions of a file formatted by clang-format: from a head that ends with { to the } below it.
std::vector<Function> functions_of(const std::vector<std::string>& lines) {
  static const std::regex other(
      R"(\s*(namespace|struct|class|enum|union|extern|if|for|while|switch|else|do|try|\}|return|case)\b.*)");
  static const std::regex opens(
      R"(.*\)( const| noexcept| override| final)*( -> [^()]*)? \{|.*[})] \{)");
  static const std::regex name(R"((~?[\w:]+|operator\S+)\()");
  std::vector<Function> functions;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!std::regex_match(lines[i], opens)) continue;
    // If there are many parameters, the name is further up.
    std::size_t head = i;
    const auto goes_on = [](const std::string& line) {
      const std::size_t indent = line.find_first_not_of(' ');
      return indent > 4 || line[indent] == ':';
    };
    while (head > 0 && goes_on(lines[head])) --head;
    std::smatch found;
    if (std::regex_match(lines[head], other) || !std::regex_search(lines[head], found, name))
      continue;
    const std::string end = std::string(lines[head].find_first_not_of(' '), ' ') + "}";
    std::size_t last = i + 1;
    while (last < lines.size() && !lines[last].starts_with(end)) ++last;
    functions.push_back({found[1].str(), last - i});
  }
  return functions;
}

/// Namespaces in which a header formatted by clang-format declares names, "" for none; namespaces
/// that only forward-declare classes are left out.
std::set<std::string> namespaces_of(const std::vector<std::string>& lines) {
  static const std::regex opens(R"((?:inline )?namespace ([\w:]*) ?\{)");
  static const std::regex no_name(R"(\s*|//.*|(?:class|struct) \w+;.*)");
  std::set<std::string> found;
  std::string space;  // the outermost open one
  int depth = 0;
  bool in_body = false;
  bool in_macro = false;  // of several lines
  for (const std::string& line : lines) {
    std::smatch name;
    const bool of_macro = in_macro || line.starts_with('#');
    in_macro = of_macro && line.ends_with('\\');
    if (of_macro) continue;
    if (in_body) {
      in_body = !line.starts_with('}');
    } else if (std::regex_match(line, name, opens)) {
      if (depth++ == 0) space = name[1];
    } else if (line == "extern \"C\" {") {
      ++depth;  // around headers of C
    } else if (line.starts_with('}')) {
      if (--depth == 0) space.clear();
    } else if (!std::regex_match(line, no_name)) {
      found.insert(space);
      in_body = line.ends_with('{');
    }
  }
  return found;
}

}  // namespace

Breaches forbidden_edges(const fs::path& root) {
  Breaches breaches;
  std::map<std::string, std::set<std::string>> allowed;
  for (const std::string& line : entries(root / "src" / "rooms.txt")) {
    std::istringstream words(line);
    std::string room;
    words >> room;
    if (!room.ends_with(':')) {
      breaches.push_back("src/rooms.txt: '" + line + "' is not ROOM: ROOM ...");
      continue;
    }
    room.pop_back();
    std::set<std::string> uses;
    for (std::string used; words >> used; uses.insert(used))
      if (!allowed.contains(used))
        breaches.push_back("src/rooms.txt: " + room + " uses " + used + ", which is not above it");
    allowed[room] = uses;
    if (!fs::is_directory(root / "src" / room))
      breaches.push_back("src/rooms.txt: there is no room " + room);
  }
  static const std::regex include(R"re((?:^|\n)#include "(\w+)/)re");
  for (const fs::path& file : files_below(root / "src", {".cpp", ".hpp", ".inc", ".in"})) {
    const std::string room = file.lexically_relative(root / "src").begin()->string();
    const auto known = allowed.find(room);
    if (known == allowed.end()) {
      breaches.push_back(name_in(file, root) + ": src/rooms.txt does not know " + room);
      continue;
    }
    for (const std::string& used : matches(read(file), include))
      if (used != room && used != "faceshot" && !known->second.contains(used))
        breaches.push_back(name_in(file, root) + ": " + room + " may not use " + used);
  }
  return breaches;
}

Breaches missing_paths(const fs::path& root) {
  static const std::regex link(R"(\]\(([^)#:\s]+)(?:#[^)]*)?\))");
  static const std::regex word(
      R"((?:^|[\s`(])((?:src|apps|tests|docs|configs|models|cmake|scripts|bench|fuzz|examples|include)/[\w./+-]*\w))");
  static const std::regex placeholder(R"(\b(NAME|ROOM)\b)");
  Breaches breaches;
  for (const fs::path& file : files_below(root, {".md"})) {
    const std::string text = read(file);
    for (const std::string& target : matches(text, link))
      if (!fs::exists(file.parent_path() / target))
        breaches.push_back(name_in(file, root) + ": links to " + target);
    for (const std::string& path : matches(text, word)) {
      if (std::regex_search(path, placeholder)) continue;
      const auto there = [&](const char* ending) { return fs::exists(root / (path + ending)); };
      if (!there("") && !there(".hpp") && !there(".cpp") && !there(".toml"))
        breaches.push_back(name_in(file, root) + ": names " + path);
    }
  }
  return breaches;
}

Breaches too_long(const fs::path& root) {
  constexpr std::size_t most_lines = 500, most_of_function = 80;
  Exceptions exceptions(root, "tests/rules/long.txt");
  Breaches breaches;
  for (const char* const dir : {"src", "apps", "include", "tests", "bench", "fuzz", "examples"})
    for (const fs::path& path : files_below(root / dir, {".cpp", ".hpp", ".inc"})) {
      const std::string file = name_in(path, root);
      const std::vector<std::string> lines = lines_of(read(path));
      if (lines.size() > most_lines && !exceptions.has(file))
        breaches.push_back(file + ": " + std::to_string(lines.size()) + " lines");
      for (const Function& f : functions_of(lines))
        if (f.lines > most_of_function && !exceptions.has(file + " " + f.name))
          breaches.push_back(file + ": " + f.name + "() has " + std::to_string(f.lines) + " lines");
    }
  exceptions.add_unused(breaches);
  return breaches;
}

Breaches unlisted_skips(const fs::path& root) {
  static const std::regex skip(R"(\bGTEST_SKIP\(|\bexit 77\b|SKIP_RETURN_CODE)");
  std::map<std::string, std::string> listed;  // file, why
  Breaches breaches;
  for (const std::string& line : entries(root / "tests" / "rules" / "skips.txt")) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos)
      breaches.push_back("tests/rules/skips.txt: '" + line + "' does not say why");
    else
      listed[line.substr(0, colon)] = line.substr(colon + 2);
  }
  for (const fs::path& path : files_below(root / "tests", {".cpp", ".hpp", ".sh", ".txt"})) {
    const std::string file = name_in(path, root);
    if (file.starts_with("tests/rules/") || !std::regex_search(read(path), skip)) continue;
    if (listed.erase(file) == 0) breaches.push_back(file + ": may skip, and is not listed");
  }
  for (const auto& [file, why] : listed)
    breaches.push_back("tests/rules/skips.txt: " + file + " skips nothing");
  return breaches;
}

Breaches untested_levels(const fs::path& root) {
  static const std::regex chooses(R"(\bisa\(\))");
  std::set<std::string> rooms;
  for (const fs::path& file : files_below(root / "src", {".cpp"}))
    if (std::regex_search(read(file), chooses))
      rooms.insert(file.lexically_relative(root / "src").begin()->string());
  rooms.erase("base");  // it detects the level and has no kernels
  Breaches breaches;
  for (const std::string& room : rooms)
    if (read(root / "tests" / room / "CMakeLists.txt").find("faceshot_test_levels(" + room) ==
        std::string::npos)
      breaches.push_back("tests/" + room + ": src/" + room +
                         " has kernels, and no tests run at every level of the CPU");
  return breaches;
}

Breaches second_mechanisms(const fs::path& root) {
  struct Mechanism {
    std::vector<std::string_view> words;
    std::string what, home;  // where it may be done: a file, or a folder with its slash
  };
  static const std::vector<Mechanism> mechanisms{
      {{"cpuid", "__builtin_cpu_", "getauxval", "xgetbv", "getenv(\"FACESHOT_ISA\")"},
       "asks the CPU",
       "src/base/simd/"},
      {{"pragma GCC target", "pragma clang attribute", "(target(\"", "-mavx", "-mfma", "-msse",
        "-march"},
       "chooses instructions",
       "src/base/simd/"},
      {{"std::thread", "std::jthread", "pthread_create", "std::async", "#pragma omp"},
       "makes threads",
       "src/base/"},
      {{"x93NUMPY"}, "has a codec for NPY", "src/support/npy.hpp"}};
  // A class counts only by its own name: std::thread::hardware_concurrency() makes no thread.
  const auto has = [](std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1))
      if (text.substr(at + word.size(), 2) != "::") return true;
    return false;
  };
  Breaches breaches;
  for (const char* const dir : {"src", "apps", "include", "bench", "fuzz"})
    for (const fs::path& path : files_below(root / dir, {".cpp", ".hpp", ".inc", ".in", ".txt"})) {
      const std::string file = name_in(path, root);
      const std::string text = read(path);
      for (const Mechanism& m : mechanisms)
        if (!file.starts_with(m.home) &&
            std::any_of(m.words.begin(), m.words.end(),
                        [&](std::string_view word) { return has(text, word); }))
          breaches.push_back(file + ": " + m.what + ", which is done in " + m.home + " alone");
    }
  return breaches;
}

Breaches headers_not_first(const fs::path& root) {
  static const std::regex first(R"re((?:^|\n)#include ["<]([^">]+)[">])re");
  Breaches breaches;
  for (const fs::path& header : files_below(root / "src", {".hpp"})) {
    fs::path source = header;
    source.replace_extension(".cpp");
    if (!fs::exists(source)) continue;
    const std::string text = read(source);
    std::smatch found;
    const std::string wanted = name_in(header, root / "src");
    if (!std::regex_search(text, found, first) || found[1] != wanted)
      breaches.push_back(name_in(source, root) + ": does not include " + wanted + " first");
  }
  return breaches;
}

Breaches foreign_namespaces(const fs::path& root) {
  Breaches breaches;
  for (const char* const dir : {"include", "src"})
    for (const fs::path& header : files_below(root / dir, {".hpp"})) {
      std::string wanted = "faceshot";
      if (dir == std::string_view("src")) {
        const std::string room = header.lexically_relative(root / "src").begin()->string();
        wanted += "::" + (room == "export" ? "exporter" : room);
      }
      for (const std::string& space : namespaces_of(lines_of(read(header))))
        if (space != wanted &&
            !(dir == std::string_view("src") && space.starts_with(wanted + "::")))
          breaches.push_back(name_in(header, root) + ": declares in " +
                             (space.empty() ? "no namespace" : space) + ", not in " + wanted);
    }
  return breaches;
}

std::set<std::string> options_of(const std::string& help) {
  static const std::regex option(R"((--[a-z][a-z0-9-]*))");
  const auto found = matches(help, option);
  return {found.begin(), found.end()};
}

Breaches unknown_options(const fs::path& root, const std::string& help) {
  static const std::regex option(R"((--[a-z][a-z0-9-]*))");
  static const std::regex call(R"((?:^|[\s`$/])faceshot(?:-[a-z]+)? )");
  const std::set<std::string> known = options_of(help);
  std::set<std::string> mentioned;
  Breaches breaches;
  for (const fs::path& file : files_below(root, {".md"})) {
    bool goes_on = false;
    for (const std::string& line : lines_of(read(file))) {
      const auto options = matches(line, option);
      mentioned.insert(options.begin(), options.end());
      std::smatch found;
      const bool calls = goes_on || std::regex_search(line, found, call);
      goes_on = calls && line.ends_with('\\');
      if (!calls) continue;
      const std::string part = found.empty() ? line : found.suffix().str();
      for (const std::string& name : matches(part, option))
        if (!known.contains(name))
          breaches.push_back(name_in(file, root) + ": gives faceshot " + name);
    }
  }
  for (const std::string& name : known)
    if (!mentioned.contains(name)) breaches.push_back("no page mentions " + name);
  return breaches;
}

}  // namespace faceshot::rules
