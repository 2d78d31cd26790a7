#include "rules/words.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "rules/files.hpp"

namespace faceshot::rules {
namespace {

namespace fs = std::filesystem;

/// Lower case; blanks, line breaks with comment marks after them and the quotes between the pieces
/// of a string literal become one space.
std::string plain(const std::string& text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::string one;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = text.find_first_not_of(blanks, i);
    if (end == i && text[i] == '"') end = text.find_first_not_of(blanks, i + 1);
    if (end == text.npos) break;
    const bool breaks = text.find('\n', i) < end;
    if (end == i || (text[i] == '"' && (!breaks || text[end] != '"'))) {
      one += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i++])));
      continue;
    }
    if (breaks) end = text.find_first_not_of(text[end] == '"' ? "\"" : "/#><", end);
    if (end == text.npos) break;
    i = text.find_first_not_of(blanks, end);
    if (i == text.npos) break;
    if (one.empty() || one.back() != ' ') one += ' ';
  }
  return one;
}

bool has_words(const std::string& text, const std::string& words) {
  const auto is_word = [&](std::size_t at) {
    return at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1))
    if ((at == 0 || !is_word(at - 1)) && !is_word(at + words.size())) return true;
  return false;
}

}  // namespace

Breaches banned_words(const fs::path& root) {
  static const std::regex row(R"(\n\| `([^`]+)` \|)");
  std::string glossary = read(root / "docs" / "glossary.md");
  glossary.erase(0, std::min(glossary.size(), glossary.find("## Words we do not use")));
  std::vector<std::string> banned;
  for (auto it = std::sregex_iterator(glossary.begin(), glossary.end(), row);
       it != std::sregex_iterator(); ++it)
    banned.push_back(plain((*it)[1]));
  Breaches breaches;
  if (banned.empty()) breaches.emplace_back("docs/glossary.md: bans no words");
  std::vector<fs::path> files = files_below(root, {".md"});
  for (const char* const dir : {"src", "apps", "include"})
    for (const fs::path& file : files_below(root / dir, {".cpp", ".hpp", ".inc"}))
      files.push_back(file);
  for (const fs::path& file : files) {
    const std::string name = name_in(file.lexically_normal(), root);
    // The list itself; texts about the past; figures that are measured again.
    if (name == "docs/glossary.md" || name == "CHANGELOG.md" || name == "docs/benchmarks.md")
      continue;
    const std::string text = plain(read(file));
    for (const std::string& words : banned)
      if (has_words(text, words))
        breaches.push_back(name + ": says '" + words + "'; see docs/glossary.md");
  }
  return breaches;
}

Breaches other_figures(const fs::path& root) {
  const fs::path source = root / "docs" / "benchmarks.json";
  const nlohmann::json figures = nlohmann::json::parse(read(source)).at("figures");
  Breaches breaches;
  for (const auto& [group, figure] : figures.items())
    for (const char* const key : {"what", "date", "cpu", "command", "values"})
      if (!figure.contains(key) || figure.at(key).empty() || figure.at(key) == "")
        breaches.push_back("docs/benchmarks.json: " + group + " has no " + key);
  static const std::regex mark(R"(<!--=(\w+)\.(\w+)-->([^<]*)<!--/-->)");
  for (const fs::path& file : files_below(root, {".md"})) {
    const std::string name = name_in(file.lexically_normal(), root);
    const std::string text = read(file);
    for (auto it = std::sregex_iterator(text.begin(), text.end(), mark);
         it != std::sregex_iterator(); ++it) {
      const std::string key = (*it)[1].str() + "." + (*it)[2].str();
      const auto group = figures.find((*it)[1].str());
      if (group == figures.end() || !group->at("values").contains((*it)[2].str()))
        breaches.push_back(name + ": docs/benchmarks.json has no " + key);
      else if (group->at("values").at((*it)[2].str()) != (*it)[3].str())
        breaches.push_back(name + ": " + key + " is " + (*it)[3].str() +
                           ", docs/benchmarks.json says " +
                           group->at("values").at((*it)[2].str()).get<std::string>());
    }
    // A table of the README repeats measurements: each number must come from them.
    static const std::regex number(R"(\d\.\d)");
    if (name != "README.md" && name != "README.zh.md") continue;
    std::istringstream lines(std::regex_replace(text, mark, ""));
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with('|') && std::regex_search(line, number))
        breaches.push_back(name + ": a figure without a mark: " + line);
  }
  return breaches;
}

}  // namespace faceshot::rules
