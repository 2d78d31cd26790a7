// Rules about texts: words, and figures that pages repeat.
#pragma once

#include <filesystem>

#include "rules/rules.hpp"

namespace faceshot::rules {

/// Words that the last table of ROOT/docs/glossary.md bans ("| `words` | better ones |"), found in
/// Markdown or in the C++ of ROOT/src, apps and include (messages, help texts, comments). Case and
/// line breaks make no difference.
[[nodiscard]] Breaches banned_words(const std::filesystem::path& root);

/// Figures between marks in Markdown, <!--=GROUP.NAME-->0.873<!--/-->, that
/// ROOT/docs/benchmarks.json does not have or gives another value; groups there without date, cpu
/// or command; and tables of ROOT/README.md and README.zh.md with decimal figures outside marks.
/// scripts/figures.py fills them in.
[[nodiscard]] Breaches other_figures(const std::filesystem::path& root);

}  // namespace faceshot::rules
