#include "augment/search/search_space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "base/random.hpp"
#include "data/test_folder.hpp"

namespace faceshot::augment::search {
namespace {

constexpr const char* example = R"(
[search]
p = [0, 0.5, 1]
strength = [0.5, 1, 2]

[[augment.policy]]
slot = "light"
steps = [{op = "brightness", by = 20}, {op = "shadow"}]

[[augment.policy]]
op = "one_of"
weights = [{levels = [1, 2]}, 1]
steps = [{op = "square_crop", share = {levels = [[0.3, 1], [0.5, 1]], name = "crop"}}, {op = "zoom_out"}]

[[augment.policy]]
op = "fliplr"
p = {levels = [0, 0.5]}

[[augment.policy]]
order = "late"

[[augment.policy.steps]]
op = "grey"

[[augment.policy.steps]]
slot = "blur"
p = [1]
strength = [1]
steps = [{op = "jpeg"}, {op = "gaussian_blur", sigma = {levels = [1, 2]}}]

[[augment.policy.steps]]
op = "flipud"
)";

void expect_no_space(const std::string& toml, const std::string& message) {
  testing::expect_error(ErrorCode::invalid_argument, message,
                        [&] { (void)SearchSpace::parse(toml, "s.toml"); });
}

TEST(SearchSpace, ListsWhatIsOpen) {
  const SearchSpace space = SearchSpace::parse(example, "s.toml");
  std::vector<std::string> names;
  for (const Choice& choice : space.choices())
    names.push_back(choice.name + (choice.ordered ? " o" : " ") +
                    std::to_string(choice.options.size()));
  EXPECT_EQ(names, (std::vector<std::string>{"light 2", "light.p o3", "light.strength o3",
                                             "crop o2", "one_of.weights.1 o2", "fliplr.p o2",
                                             "gaussian_blur.sigma o2", "blur 2", "late 6"}))
      << "TOML tables have no order of keys: toml++ sorts them";
  EXPECT_EQ(space.choices()[0].options, (std::vector<std::string>{"brightness", "shadow"}));
  EXPECT_EQ(space.choices()[1].options, (std::vector<std::string>{"0", "0.5", "1"}));
  EXPECT_EQ(space.choices()[3].options[0], "[0.3, 1]");
  EXPECT_EQ(space.choices()[8].options[1], "132");
  EXPECT_EQ(space.size(), 2.0 * 3 * 3 * 2 * 2 * 2 * 2 * 2 * 6);
  EXPECT_EQ(space.text(), example);
}

TEST(SearchSpace, PutsWhatIsPickedIntoItsPlace) {
  const SearchSpace space = SearchSpace::parse(example, "s.toml");
  const Picks picks{0, 1, 2, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(space.policy(picks), parse_policy(R"(policy = [
      {op = "brightness", by = [-40, 40], p = 0.5},
      {op = "one_of", weights = [2, 1], steps = [{op = "square_crop", share = [0.5, 1]}, {op = "zoom_out"}]},
      {op = "fliplr", p = 0.5},
      {op = "grey"}, {op = "flipud"}, {op = "gaussian_blur", sigma = 2}])",
                                              "p"));
  // Operations with probability 0 are left out; strength does not affect those without a neutral
  // value.
  const Picks none{1, 0, 0, 0, 0, 0, 0, 0, 5};
  EXPECT_EQ(space.policy(none), parse_policy(R"(policy = [
      {op = "one_of", weights = [1, 1], steps = [{op = "square_crop", share = [0.3, 1]}, {op = "zoom_out"}]},
      {op = "fliplr", p = 0.0},
      {op = "flipud"}, {op = "jpeg"}, {op = "grey"}])",
                                             "p"));
}

TEST(SearchSpace, OptionsAndNumbersAreShort) {
  const SearchSpace space = SearchSpace::parse(
      "[search]\np = [0.1, 0.8]\n[[augment.policy]]\nslot = 's'\nstrength = [0.3]\n"
      "steps = [{op = 'cutout', share = [0.1, 0.4]}, {op = 'cutout', share = [0.2, 0.3], where = "
      "'faces'}]\n",
      "s");
  EXPECT_EQ(
      space.choices()[0].options,
      (std::vector<std::string>{"cutout share=[0.1, 0.4]", "cutout share=[0.2, 0.3] where=faces"}));
  EXPECT_EQ(space.choices()[1].options, (std::vector<std::string>{"0.1", "0.8"}));
  EXPECT_NE(to_toml(space.policy(Picks{0, 0})).find("share = [0.03, 0.12]"), std::string::npos)
      << to_toml(space.policy(Picks{0, 0}));
}

TEST(SearchSpace, AFileOfAPolicyReadsBack) {
  const Policy policy = preset_policy("face");
  const std::string text = policy_file(policy, {"Where it comes from,", "in two lines."});
  EXPECT_EQ(text.find("# Where it comes from,\n# in two lines.\n[augment]\n"), 0U) << text;
  EXPECT_EQ(parse_policy(text, "p"), policy);
}

TEST(SearchSpace, MistakesAreToldBeforeAnythingIsTrained) {
  expect_no_space("[[augment.policy]]\nop = 'fliplr'\n", "has nothing to search");
  expect_no_space("x = 1", "'x' is neither search nor augment");
  expect_no_space("[search]\nq = [1]\n[[augment.policy]]\nop='fliplr'",
                  "s.toml:2: [search] takes p");
  expect_no_space("[search]\np = []\n", "s.toml:2: p must be a list");
  expect_no_space("", "has no policy");
  expect_no_space("[[augment.policy]]\nslot = ''\nsteps = [{op='grey'}]", "slot must be a name");
  expect_no_space("[[augment.policy]]\nslot = 'a'\n", "s.toml:1: needs steps");
  expect_no_space("[[augment.policy]]\nslot = 'a'\nstep = [{op='grey'}]\n",
                  "s.toml:3: there is no 'step' here; did you mean 'steps'?");
  expect_no_space("[[augment.policy]]\nslot = 'a'\nsteps = [{op='gray'}, {op='hue'}]\n",
                  "did you mean 'grey'?");
  expect_no_space("[[augment.policy]]\nslot = 'a'\np = [0.5, 2]\nsteps = [{op='grey'}]\n",
                  "option '2' of 'a.p' does not yield a valid policy");
  expect_no_space("[[augment.policy]]\nop = 'hue'\ndegrees = {levels = [5, 500]}\n",
                  "option '500' of 'hue.degrees' does not yield a valid policy");
  expect_no_space(
      "[[augment.policy]]\norder = 'o'\nsteps = [{op='grey'}, {op='hue'}, {op='jpeg'}, "
      "{op='gamma'}, {op='fliplr'}]\n",
      "4 steps, not 5");
  expect_no_space("[[augment.policy]\n", "s.toml:1: ");
  testing::expect_error(ErrorCode::not_found, "a built-in one: faces",
                        [] { (void)read_search_space("nowhere.toml"); });
}

TEST(SearchSpace, EveryPolicyOfTheShippedSpacesCanBeMade) {
  for (const std::string& name : search_space_names()) {
    const SearchSpace space = read_search_space(name);
    EXPECT_GT(space.size(), 1e6) << name;
    std::set<std::string> different;
    for (std::uint32_t i = 0; i < 300; ++i) {
      base::Random random(5, i);
      Picks picks;
      for (const Choice& choice : space.choices())
        picks.push_back(
            static_cast<int>(random.below(static_cast<std::uint32_t>(choice.options.size()))));
      different.insert(to_toml(space.policy(picks)));
    }
    EXPECT_GT(different.size(), 290U) << name;
  }
}

}  // namespace
}  // namespace faceshot::augment::search
