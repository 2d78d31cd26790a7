// Classes of a data set: which of them matter, and under what name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/prepared/labelled_image.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// Keeps the boxes of these classes only, with ids in the order of `names`. Images stay, also those
/// without a box left: they are background for what is looked for.
/// A name that no box bears (LabelledSet::unused) is a class too, if not all of them are such.
/// @return how many boxes went
/// @throws Error(invalid_argument) for a name that the set does not have (it lists those it has) or
///         one given twice
std::size_t select_classes(LabelledSet& set, const std::vector<std::string>& names);

/// Makes all boxes the same class.
void merge_classes(LabelledSet& set, const std::string& name);

/// Names the classes of boxes whose ids were given as names came up, and gives them ids in order of
/// the names, so that they do not depend on which came first. Without any, there is "face".
void sort_classes(LabelledSet& set, const std::map<std::string, int>& class_ids);

/// Gives a prepared set these classes, by name. Boxes of other classes go, but those to be ignored,
/// which become regions to ignore whatever is looked for (any_class).
void use_classes(PreparedSet& set, const std::vector<std::string>& classes);

/// For each class of a detector, its id in a set.
/// @throws Error(format) for one that the set does not have, naming those that it has
[[nodiscard]] std::vector<int> detector_class_ids(const std::vector<std::string>& of_set,
                                                  const std::vector<std::string>& of_detector);

}  // namespace faceshot::data
