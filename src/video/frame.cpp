#include "video/frame.hpp"

#include "video/libav.hpp"

namespace faceshot::video {

void FrameFree::operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }

int Frame::width() const noexcept { return picture_ ? picture_->width : 0; }
int Frame::height() const noexcept { return picture_ ? picture_->height : 0; }

}  // namespace faceshot::video
