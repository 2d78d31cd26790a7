// Classes of a data set: selection and names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/prepared/labelled_image.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::data {

/// Keeps only boxes of these classes, with ids in the order of `names`. Images stay, even without
/// boxes: they are background.
/// A name without boxes (LabelledSet::unused) is a class too, unless all of them are unused.
/// @return number of removed boxes
/// @throws Error(invalid_argument) for a name that the set does not have (it lists those it has) or
///         a repeated one
std::size_t select_classes(LabelledSet& set, const std::vector<std::string>& names);

/// Makes all boxes the same class.
void merge_classes(LabelledSet& set, const std::string& name);

/// Names the classes of boxes whose ids were assigned in order of appearance, and renumbers them in
/// order of their names, so that ids do not depend on the order of the file. Without any class,
/// there is "face".
void sort_classes(LabelledSet& set, const std::map<std::string, int>& class_ids);

/// Gives a prepared set these classes, by name. Boxes of other classes are removed, except ignored
/// ones, which become ignore regions for every class (any_class).
void use_classes(PreparedSet& set, const std::vector<std::string>& classes);

/// For each class of a detector, its id in a set.
/// @throws Error(format) for a class that the set does not have, listing those that it has
[[nodiscard]] std::vector<int> detector_class_ids(const std::vector<std::string>& of_set,
                                                  const std::vector<std::string>& of_detector);

}  // namespace faceshot::data
