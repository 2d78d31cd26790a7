// Degradation by cameras, networks and storage: lower resolution, compression, noise.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe (each thread with its own Random).
#pragma once

#include <opencv2/core.hpp>

#include "base/random.hpp"

namespace faceshot::augment {

/// Lowers the resolution: averages `factor` x `factor` pixels to one and enlarges linearly.
/// @param factor up to 1 changes nothing; need not be an integer
void downscale(cv::Mat& image, float factor);

/// Compresses as JPEG (chroma at half resolution) and decompresses.
/// @param quality 1 (worst) to 100, as libjpeg counts
/// @throws Error(invalid_argument) for another quality
void jpeg(cv::Mat& image, int quality);

/// Adds independent normal noise to each channel.
/// @param sigma standard deviation in grey levels, 0..255; 0 changes nothing
void gaussian_noise(cv::Mat& image, float sigma, base::Random& random);

/// Photon noise: a sensor's counts in dim light. The variance grows with brightness, black stays
/// black. Counts are approximated as normal, which holds above about twenty photons.
/// @param photons counted in a white pixel, >= 1; fewer are noisier
void poisson_noise(cv::Mat& image, float photons, base::Random& random);

/// Noise of a high ISO setting: fine grain in brightness, and coarse blotches of colour (left by
/// the camera's own noise reduction).
/// @param luma standard deviation of the brightness in grey levels, 0..128
/// @param chroma standard deviation of Cb and of Cr (ITU-T T.871) in grey levels, 0..128
void iso_noise(cv::Mat& image, float luma, float chroma, base::Random& random);

}  // namespace faceshot::augment
