#include "loader/balance.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::loader {
namespace {

std::set<int> classes_in(const geometry::ImageRecord& record) {
  std::set<int> classes;
  for (const geometry::Annotation& a : record.annotations)
    if (!a.ignore) classes.insert(a.class_id);
  return classes;
}

/// By class id: max(1, sqrt(rare / share)).
std::vector<double> repeat_factors(const std::vector<data::PreparedSet>& sets, double rare) {
  std::vector<std::size_t> images;  // number with the class
  std::size_t labelled = 0;
  for (const data::PreparedSet& set : sets)
    for (const geometry::ImageRecord& record : set.records) {
      const std::set<int> classes = classes_in(record);
      if (!classes.empty()) ++labelled;
      for (const int id : classes) {
        images.resize(std::max(images.size(), static_cast<std::size_t>(id) + 1));
        ++images[static_cast<std::size_t>(id)];
      }
    }
  std::vector<double> factors;
  for (const std::size_t count : images)
    factors.push_back(count == 0 ? 1
                                 : std::max(1.0, std::sqrt(rare * static_cast<double>(labelled) /
                                                           static_cast<double>(count))));
  return factors;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> balanced_decks(const std::vector<data::PreparedSet>& sets,
                                                       float rare) {
  if (!(rare >= 0 && rare <= 1))
    throw Error(ErrorCode::invalid_argument,
                "loader: the share of rare classes must be 0 to 1, not " + std::to_string(rare));
  const std::vector<double> factors = repeat_factors(sets, static_cast<double>(rare));
  std::vector<std::vector<std::uint32_t>> decks;
  std::uint32_t place = 0;
  for (const data::PreparedSet& set : sets) {
    std::vector<std::uint32_t>& deck = decks.emplace_back();
    for (const geometry::ImageRecord& record : set.records) {
      double factor = 1;
      for (const int id : classes_in(record))
        factor = std::max(factor, factors[static_cast<std::size_t>(id)]);
      deck.insert(deck.end(), static_cast<std::size_t>(std::llround(factor)), place++);
    }
  }
  return decks;
}

}  // namespace faceshot::loader
