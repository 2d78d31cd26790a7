#include "synth/moving_scene.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "media/opencv.hpp"
#include "synth/background_painter.hpp"
#include "synth/face_owners.hpp"
#include "synth/face_painter.hpp"
#include "synth/noise.hpp"

namespace faceshot::synth {
namespace {

cv::Point2f in_picture(const cv::Matx23f& camera, cv::Point2f p) {
  return {camera(0, 0) * p.x + camera(0, 1) * p.y + camera(0, 2),
          camera(1, 0) * p.x + camera(1, 1) * p.y + camera(1, 2)};
}

/// Motion blur for a shift: the mean over a straight line.
void streak(cv::Mat& image, cv::Point2f shift) {
  const float length = std::hypot(shift.x, shift.y);
  if (length < 1) return;
  const float most = 41;
  if (length > most) shift *= most / length;
  const int side = 2 * static_cast<int>(std::ceil(std::min(length, most) / 2)) + 1;
  cv::Mat kernel = cv::Mat::zeros(side, side, CV_32F);
  const auto middle = static_cast<float>(side / 2);
  cv::line(kernel, cv::Point2f(middle, middle) - 0.5F * shift,
           cv::Point2f(middle, middle) + 0.5F * shift, cv::Scalar(1), 1);
  kernel /= cv::sum(kernel)[0];
  cv::filter2D(image, image, -1, kernel, {-1, -1}, 0, cv::BORDER_REPLICATE);
}

void draw_board(const Occluder& board, float t, const cv::Matx23f& camera, cv::Mat& image,
                FaceOwners& owners) {
  const float left = board.x + board.speed * t;
  const cv::Point2f a = in_picture(camera, {left, board.top});
  const cv::Point2f b = in_picture(camera, {left + board.width, board.bottom});
  const cv::Rect place =
      cv::Rect(cv::Point(cvRound(a.x), cvRound(a.y)), cv::Point(cvRound(b.x), cvRound(b.y))) &
      cv::Rect(cv::Point(), image.size());
  if (place.empty()) return;
  for (int y = place.y; y < place.br().y; ++y)
    for (int x = place.x; x < place.br().x; ++x) {
      const float u = (static_cast<float>(x) - a.x) / board.width * 6;
      const float v = (static_cast<float>(y) - a.y) / board.width * 2;
      const float shade = 0.7F + 0.5F * value_noise(u, v, board.grain);
      auto& pixel = image.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c)
        pixel[c] = cv::saturate_cast<std::uint8_t>(shade * static_cast<float>(board.color[c]));
    }
  owners.cover(place);
}

void sensor(const MovingPlan& plan, float t, cv::Mat& image, base::Random& random) {
  float light = plan.light, sigma = 0;
  for (const Episode& e : plan.dark) light *= 1 - e.at(t);
  for (const Episode& e : plan.unfocused) sigma = std::max(sigma, e.at(t));
  if (sigma > 0.3F)
    cv::GaussianBlur(image, image, {}, static_cast<double>(sigma), static_cast<double>(sigma));
  image.convertTo(image, -1, static_cast<double>(light));
  if (plan.noise >= 0.5F) {
    std::vector<float> strip(8192);
    for (float& value : strip) value = random.normal() * plan.noise;
    const int values = image.cols * 3;
    for (int y = 0; y < image.rows; ++y) {
      auto* row = image.ptr<std::uint8_t>(y);
      std::size_t at = random.below(static_cast<std::uint32_t>(strip.size()));
      for (int x = 0; x < values; ++x) {
        row[x] = cv::saturate_cast<std::uint8_t>(static_cast<float>(row[x]) + strip[at]);
        if (++at == strip.size()) at = 0;
      }
    }
  }
  if (plan.jpeg_quality > 0) media::pass_through_jpeg(image, plan.jpeg_quality);
}

TrueFace true_face(int id, const Box& whole, float visibility, cv::Size picture) {
  TrueFace face;
  face.id = id;
  face.box = clip(whole, static_cast<float>(picture.width), static_cast<float>(picture.height));
  face.visibility = visibility;
  face.ignore =
      visibility < 0.3F || face.box.area() < 0.5F * whole.area() || face.box.height() < 10;
  return face;
}

}  // namespace

MovingScene::MovingScene(const MovingSceneOptions& options, std::uint64_t seed)
    : options_(options), seed_(seed), plan_(plan_scene(options, seed)) {
  for (const Shot& shot : plan_.shots) {
    base::Random random(seed_, 1, shot.background);
    backgrounds_.push_back(paint_background(world_size(options_), random));
  }
}

std::size_t MovingScene::frames() const noexcept {
  return static_cast<std::size_t>(options_.frames);
}

const Shot& MovingScene::shot_of(std::size_t frame) const {
  for (const Shot& shot : plan_.shots)
    if (frame < shot.end) return shot;
  return plan_.shots.back();
}

std::vector<std::size_t> MovingScene::cuts() const {
  std::vector<std::size_t> result;
  for (const Shot& shot : plan_.shots)
    if (shot.begin > 0) result.push_back(shot.begin);
  return result;
}

cv::Matx23f MovingScene::camera(std::size_t frame) const {
  const Shot& shot = shot_of(frame);
  return shot.camera.at(
      static_cast<float>(static_cast<double>(frame - shot.begin) / plan_.frame_rate));
}

MovingFrame MovingScene::render(std::size_t frame) const {
  const Shot& shot = shot_of(frame);
  const auto index = static_cast<std::size_t>(&shot - plan_.shots.data());
  const auto rate = static_cast<float>(plan_.frame_rate);
  const float t = static_cast<float>(frame - shot.begin) / rate;
  const float open = plan_.shutter / rate;  // exposure time
  const cv::Matx23f now = shot.camera.at(t), later = shot.camera.at(t + open);
  const cv::Size size(options_.width, options_.height);
  MovingFrame result;
  cv::warpAffine(backgrounds_[index], result.image, now, size, cv::INTER_LINEAR,
                 cv::BORDER_REFLECT_101);
  streak(result.image, in_picture(later, shot.camera.base) - in_picture(now, shot.camera.base));
  FaceOwners owners(size);
  std::vector<std::pair<int, Box>> drawn;
  int id = 0;
  for (std::size_t i = 0; i < index; ++i) id += static_cast<int>(plan_.shots[i].people.size());
  auto board = shot.occluders.begin();
  for (const Person& person : shot.people) {
    for (; board != shot.occluders.end() && board->depth < person.height; ++board)
      draw_board(*board, t, now, result.image, owners);
    ++id;
    FaceTraits pose = person.pose(t);
    pose.roll += shot.camera.roll(t);
    const cv::Point2f at = in_picture(now, person.place(t));
    const float height = person.height_at(t) * shot.camera.zoom(t);
    if (height < 4) continue;
    FaceLayer layer = paint_face(pose, at, height, size);
    if (layer.place.empty()) continue;
    owners.add(layer);
    drawn.emplace_back(id, layer.annotation.box);
    streak(layer.pixels, in_picture(later, person.place(t + open)) - at);
    blend(layer, result.image);
  }
  for (; board != shot.occluders.end(); ++board) draw_board(*board, t, now, result.image, owners);
  const std::vector<float> shares = owners.shares();
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const TrueFace face = true_face(drawn[i].first, drawn[i].second, shares[i], size);
    if (face.box.valid()) result.faces.push_back(face);
  }
  const double seconds = static_cast<double>(frame) / plan_.frame_rate;
  base::Random random(seed_, 2, static_cast<std::uint32_t>(frame));
  sensor(plan_, static_cast<float>(seconds), result.image, random);
  return result;
}

}  // namespace faceshot::synth
