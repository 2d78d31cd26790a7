// The policies among which a search chooses: an augmentation policy with open places.
//
//   [search]
//   p = [0, 0.1, 0.25, 0.5]                # of the slots below, unless they have their own
//   strength = [0.5, 1, 1.5]               # 1: the step as written (with_strength())
//
//   [[augment.policy]]                     # as in a policy, in order, except for open places:
//   slot = "light"                         # one of these steps, how likely, how strong
//   steps = [{op = "gamma"}, {op = "shadow"}]
//
//   [[augment.policy]]
//   op = "fliplr"
//   p = {levels = [0, 0.5]}                # one of these values
//
//   [[augment.policy]]
//   order = "late"                         # all of these steps, in any order
//   steps = [{op = "jpeg"}, {slot = "blur", steps = [...]}]
//
// So a policy is a list of discrete choices, as in Cubuk et al., "AutoAugment", CVPR 2019.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "augment/policies/policy.hpp"

namespace faceshot::augment::search {

/// One open choice.
struct Choice {
  std::string name;                  ///< "light", "light.p", "light.strength", "fliplr.p"
  std::vector<std::string> options;  ///< at least two, for users
  bool ordered = false;              ///< neighbours are similar, such as numeric levels
};

/// For each choice the index of the selected option.
using Picks = std::vector<int>;

/// Immutable, cheap to copy, thread safe.
class SearchSpace {
 public:
  /// @param name of the document, for messages
  /// @throws Error(invalid_argument) "NAME:LINE: what" if it is not a space, for an option that
  /// makes no
  ///         valid policy, and if nothing is open
  [[nodiscard]] static SearchSpace parse(const std::string& toml, const std::string& name);

  [[nodiscard]] const std::vector<Choice>& choices() const;
  /// Number of different picks.
  [[nodiscard]] double size() const;
  /// The document.
  [[nodiscard]] const std::string& text() const;

  /// @pre one pick per choice, within its options
  /// @throws Error(invalid_argument) for combinations that make no valid policy (weights that are
  /// all 0)
  [[nodiscard]] Policy policy(std::span<const int> picks) const;

 private:
  struct Document;
  explicit SearchSpace(std::shared_ptr<const Document> document);
  std::shared_ptr<const Document> document_;
};

/// @param name_or_file one of search_space_names(), or a TOML file
/// @throws Error(not_found) if it is neither; Error(invalid_argument) as SearchSpace::parse
[[nodiscard]] SearchSpace read_search_space(const std::string& name_or_file);

/// Spaces included with FaceShot: configs/augment/search/NAME.toml.
[[nodiscard]] std::vector<std::string> search_space_names();

/// A policy as a file: one step per line, with every parameter.
/// @param comment lines that state its origin, without '#'
[[nodiscard]] std::string policy_file(const Policy& policy,
                                      const std::vector<std::string>& comment);

}  // namespace faceshot::augment::search
