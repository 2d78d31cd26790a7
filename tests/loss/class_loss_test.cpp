#include "loss/class_loss.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "loss/torch_losses.hpp"

namespace faceshot::loss {
namespace {

using test::torch_losses;

TEST(CrossEntropy, EqualsPyTorch) {
  const auto cases = torch_losses("cross_entropy");
  for (const auto& c : cases) {
    const auto logits = c.at("logits").get<std::vector<float>>();
    std::vector<float> gradient(logits.size());
    const double value = cross_entropy(logits, c.at("target"), gradient).loss;
    EXPECT_NEAR(value, c.at("value").get<double>(), 1e-6);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      EXPECT_NEAR(gradient[i], c.at("gradient")[i].get<double>(), 1e-6);
  }
}

TEST(FocalLoss, EqualsTorchvision) {
  const auto cases = torch_losses("focal");
  for (const auto& c : cases) {
    const auto logits = c.at("logits").get<std::vector<float>>();
    std::vector<float> gradient(2);
    const double value =
        focal_loss(logits, c.at("target"), c.at("alpha"), c.at("gamma"), gradient).loss;
    EXPECT_NEAR(value, c.at("value").get<double>(), 1e-6);
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_NEAR(gradient[i], c.at("gradient")[i].get<double>(), 1e-6);
  }
}

TEST(FocalLoss, WithoutFocusIsCrossEntropy) {
  const std::array<float, 3> logits{0.3F, -1.2F, 2};
  std::array<float, 3> a{};
  std::array<float, 3> b{};
  EXPECT_NEAR(focal_loss(logits, 1, -1, 0, a).loss, cross_entropy(logits, 1, b).loss, 1e-9);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

// Li et al., eq. 4, written out: |y - s|^beta * ((1 - y) log(1 - s) + y log(s)), negated.
TEST(QualityFocalLoss, IsTheFormulaOfThePaper) {
  base::Random random(1);
  for (int i = 0; i < 200; ++i) {
    const float background = random.uniform(-4, 4);
    const std::array<float, 2> logits{background, random.uniform(-4, 4)};
    const double y = static_cast<double>(random.uniform());
    const double s = 1 / (1 + std::exp(-(static_cast<double>(logits[1]) - logits[0])));
    const double wanted =
        -std::pow(std::abs(y - s), 2) * ((1 - y) * std::log(1 - s) + y * std::log(s));
    std::array<float, 2> gradient{};
    EXPECT_NEAR(quality_focal_loss(logits, 1, y, 2, gradient).loss, wanted, 1e-9);
  }
}

// Zhang et al., eq. 2, written out.
TEST(VarifocalLoss, IsTheFormulaOfThePaper) {
  base::Random random(5);
  for (int i = 0; i < 200; ++i) {
    const std::array<float, 2> logits{random.uniform(-4, 4), random.uniform(-4, 4)};
    const double q = static_cast<double>(random.uniform());
    const double p = 1 / (1 + std::exp(static_cast<double>(logits[0]) - logits[1]));
    std::array<float, 2> gradient{};
    EXPECT_NEAR(varifocal_loss(logits, 1, q, 0.75, 2, gradient).loss,
                -q * (q * std::log(p) + (1 - q) * std::log(1 - p)), 1e-9);
    EXPECT_NEAR(varifocal_loss(logits, 0, 0, 0.75, 2, gradient).loss,
                -0.75 * p * p * std::log(1 - p), 1e-9);
  }
}

TEST(IouBranchLoss, IsTheFocalLossOfOneLogitAndTheCrossEntropyOfTheOther) {
  base::Random random(6);
  for (int i = 0; i < 200; ++i) {
    const std::array<float, 2> logits{random.uniform(-4, 4), random.uniform(-4, 4)};
    const double u = static_cast<double>(random.uniform());
    const double p = 1 / (1 + std::exp(-static_cast<double>(logits[1])));
    const double q = 1 / (1 + std::exp(static_cast<double>(logits[0])));
    std::array<float, 2> gradient{};
    EXPECT_NEAR(
        iou_branch_loss(logits, 1, u, 0.25, 2, gradient).loss,
        -0.25 * (1 - p) * (1 - p) * std::log(p) - u * std::log(q) - (1 - u) * std::log(1 - q),
        1e-6);
    EXPECT_NEAR(iou_branch_loss(logits, 0, 0, 0.25, 2, gradient).loss,
                -0.75 * p * p * std::log(1 - p), 1e-6);
    EXPECT_EQ(gradient[0], 0) << "background has no box whose IoU could be learned";
  }
}

using Loss = std::function<double(std::span<const float>, std::span<float>)>;

/// Central differences of the value against the gradient.
void expect_gradient(const Loss& loss, std::vector<float> logits) {
  constexpr float step = 1.0F / 256;
  std::vector<float> gradient(logits.size());
  std::vector<float> unused(logits.size());
  (void)loss(logits, gradient);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float at = logits[i];
    logits[i] = at + step;
    const double above = loss(logits, unused);
    logits[i] = at - step;
    const double below = loss(logits, unused);
    logits[i] = at;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * static_cast<double>(step)), 2e-4);
  }
}

TEST(ClassLoss, GradientsAreThoseOfTheValues) {
  base::Random random(2);
  for (int i = 0; i < 100; ++i) {
    const float a = random.uniform(-3, 3);
    const float b = random.uniform(-3, 3);
    const float c = random.uniform(-3, 3);
    for (const std::size_t target : {std::size_t{0}, std::size_t{2}}) {
      expect_gradient([=](auto z, auto g) { return cross_entropy(z, target, g).loss; }, {a, b, c});
      expect_gradient([=](auto z, auto g) { return focal_loss(z, target, 0.25, 2, g).loss; },
                      {a, b, c});
      expect_gradient([=](auto z, auto g) { return focal_loss(z, target, 0.7, 1, g).loss; },
                      {a, b, c});
    }
    for (const double quality : {0.0, 0.37, 1.0})
      expect_gradient([=](auto z, auto g) { return quality_focal_loss(z, 1, quality, 2, g).loss; },
                      {a, b});
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}})
      for (const double gamma : {1.0, 2.0, 2.5})
        expect_gradient(
            [=](auto z, auto g) { return varifocal_loss(z, target, 0.6, 0.75, gamma, g).loss; },
            {a, b});
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}})
      expect_gradient(
          [=](auto z, auto g) { return iou_branch_loss(z, target, 0.6, 0.25, 2, g).loss; }, {a, b});
  }
}

/// `classes` and background.
std::vector<float> random_logits(base::Random& random, std::size_t classes) {
  std::vector<float> logits(classes + 1);
  for (float& logit : logits) logit = random.uniform(-3, 3);
  return logits;
}

TEST(ClassLoss, GradientsAreThoseOfTheValuesForAnyNumberOfClasses) {
  base::Random random(12);
  for (const std::size_t classes : {std::size_t{1}, std::size_t{3}, std::size_t{20}})
    for (int i = 0; i < 20; ++i) {
      const std::vector<float> logits = random_logits(random, classes);
      for (const std::size_t target : {std::size_t{0}, (classes + 1) / 2, classes}) {
        expect_gradient([=](auto z, auto g) { return cross_entropy(z, target, g).loss; }, logits);
        expect_gradient([=](auto z, auto g) { return focal_loss(z, target, 0.25, 2, g).loss; },
                        logits);
        for (const double quality : {0.0, 0.4, 1.0}) {
          expect_gradient(
              [=](auto z, auto g) { return quality_focal_loss(z, target, quality, 2, g).loss; },
              logits);
          expect_gradient(
              [=](auto z, auto g) { return varifocal_loss(z, target, quality, 0.75, 2, g).loss; },
              logits);
        }
      }
    }
}

// A class with zero probability changes nothing: what remains is the papers' loss.
TEST(ClassLoss, OfQualityIsThatOfOneClassWhereTheOthersAreOutOfTheQuestion) {
  base::Random random(13);
  for (int i = 0; i < 100; ++i) {
    const std::vector<float> two = random_logits(random, 1);
    const std::vector<float> three{two[0], -80, two[1]};
    std::vector<float> a(2), b(3);
    const double quality = static_cast<double>(random.uniform());
    const auto expect_equal = [&](const ClassTerm& of_two, const ClassTerm& of_three) {
      EXPECT_NEAR(of_two.loss, of_three.loss, 1e-9);
      EXPECT_NEAR(of_two.log_likelihood, of_three.log_likelihood, 1e-9);
      EXPECT_NEAR(a[0], b[0], 1e-6);
      EXPECT_NEAR(a[1], b[2], 1e-6);
      EXPECT_NEAR(b[1], 0, 1e-6);
    };
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      const double q = target == 0 ? 0 : quality;
      const auto first = quality_focal_loss(two, target, q, 2, a);
      expect_equal(first, quality_focal_loss(three, 2 * target, q, 2, b));
      const auto second = varifocal_loss(two, target, q, 0.75, 2, a);
      expect_equal(second, varifocal_loss(three, 2 * target, q, 0.75, 2, b));
    }
  }
}

TEST(ClassLoss, TellsTheLogLikelihoodWhateverTheLossIs) {
  base::Random random(3);
  for (int i = 0; i < 50; ++i) {
    const std::array<float, 2> logits{random.uniform(-5, 5), random.uniform(-5, 5)};
    std::array<float, 2> unused{};
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      const double wanted = static_cast<double>(logits[target]) - log_sum_exp(logits);
      EXPECT_NEAR(cross_entropy(logits, target, unused).log_likelihood, wanted, 1e-9);
      EXPECT_NEAR(focal_loss(logits, target, 0.25, 2, unused).log_likelihood, wanted, 1e-9);
      EXPECT_NEAR(quality_focal_loss(logits, target, 0.3, 2, unused).log_likelihood, wanted, 1e-9);
      EXPECT_NEAR(varifocal_loss(logits, target, 0.3, 0.75, 2, unused).log_likelihood, wanted,
                  1e-9);
      EXPECT_NEAR(iou_branch_loss(logits, target, 0.3, 0.25, 2, unused).log_likelihood, wanted,
                  1e-9);
    }
  }
}

TEST(ClassLoss, StaysFiniteForWildLogits) {
  for (const float wild : {-1e4F, -50.0F, 50.0F, 1e4F}) {
    const std::array<float, 2> logits{-wild, wild};
    std::array<float, 2> gradient{};
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      EXPECT_TRUE(std::isfinite(focal_loss(logits, target, 0.25, 2, gradient).loss));
      EXPECT_TRUE(std::isfinite(gradient[0]) && std::isfinite(gradient[1]));
      EXPECT_TRUE(std::isfinite(
          quality_focal_loss(logits, target, static_cast<double>(target), 2, gradient).loss));
      EXPECT_TRUE(std::isfinite(gradient[0]) && std::isfinite(gradient[1]));
      EXPECT_TRUE(std::isfinite(varifocal_loss(logits, target, 0.5, 0.75, 2, gradient).loss));
      EXPECT_TRUE(std::isfinite(gradient[0]) && std::isfinite(gradient[1]));
      EXPECT_TRUE(std::isfinite(iou_branch_loss(logits, target, 0.5, 0.25, 2, gradient).loss));
      EXPECT_TRUE(std::isfinite(gradient[0]) && std::isfinite(gradient[1]));
    }
  }
}

TEST(ClassLoss, NamesAreKnown) {
  EXPECT_EQ(class_loss_from_name("focal"), ClassLoss::focal);
  EXPECT_THROW((void)class_loss_from_name("foccal"), Error);
}

}  // namespace
}  // namespace faceshot::loss
