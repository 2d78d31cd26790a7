// What cameras, networks and storage do to a picture: lost resolution, compression, noise.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe (with a Random of one's own).
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::augment {

/// Loses resolution: averages `factor` x `factor` pixels to one and enlarges linearly.
/// @param factor up to 1 changes nothing; need not be whole
void downscale(cv::Mat& image, float factor);

/// Compresses as JPEG (chroma at half resolution) and decompresses.
/// @param quality 1 (worst) to 100, as libjpeg counts
/// @throws Error(invalid_argument) for another quality
void jpeg(cv::Mat& image, int quality);

/// Adds independent normal noise to each channel.
/// @param sigma standard deviation in grey levels, 0..255; 0 changes nothing
void gaussian_noise(cv::Mat& image, float sigma, base::Random& random);

/// Photon noise: what a sensor counts in little light. The variance grows with brightness, black
/// stays black. The count is taken as normal, which holds from some twenty photons.
/// @param photons counted in a white pixel, >= 1; the fewer, the noisier
void poisson_noise(cv::Mat& image, float photons, base::Random& random);

/// Noise of a high ISO setting: fine grain of brightness, and coarse blotches of colour (the
/// camera's own noise reduction leaves those).
/// @param luma deviation of the brightness in grey levels, 0..128
/// @param chroma deviation of Cb and of Cr (ITU-T T.871) in grey levels, 0..128
void iso_noise(cv::Mat& image, float luma, float chroma, base::Random& random);

}  // namespace faceshot::augment
