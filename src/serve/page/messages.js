// The page's words, in English and Chinese. A message is a text or a function of what it tells.
export const messages = {
  en: {
    skip: 'To the picture', language: 'Language', theme: 'Colours', theme_auto: 'as the system', theme_light: 'light', theme_dark: 'dark',
    photographs: 'Photographs', key: 'API key', use_key: 'Use this key',
    drop: 'Drop photographs or a folder here, or paste a picture.',
    choose: 'Choose photographs', choose_folder: 'Choose a folder', camera_start: 'Start the camera', camera_stop: 'Stop the camera',
    private: 'Pictures go to this server alone, which keeps nothing of them.',
    clear: 'Clear the list', view: 'Picture', stage: 'Picture: plus and minus zoom, arrow keys move, 0 fits', tools: 'View',
    empty: 'No picture yet', zoom_out: 'Zoom out', zoom_in: 'Zoom in', zoom_fit: 'Fit', landmarks: 'Eyes, nose, mouth', scores: 'Scores',
    threshold: 'Lowest score', download_json: 'Faces as JSON', download_boxes: 'Picture with boxes', download_hidden: 'Picture with faces hidden',
    style: 'Hidden by', style_blur: 'blur', style_pixelate: 'mosaic', style_solid: 'black', faces: 'Faces', api: 'The API of this server (OpenAPI)',
    model: (name, side) => `${name}, looks at ${side} pixels`,
    count: (shown, all) => (shown === 1 ? '1 face' : `${shown} faces`) + (all > shown ? `, ${all - shown} below the lowest score` : ''),
    in_file: (n) => (n === 1 ? '1 face' : `${n} faces`),
    face: (n, score) => `Face ${n}, score ${score}`,
    track: (id, score) => `No. ${id}, score ${score}`,
    picture_label: (name, n) => `${name}: ${n === 1 ? '1 face' : n + ' faces'} marked`,
    waiting: 'waiting', looking: 'looking …', retrying: 'the server is busy; trying again …',
    done: (n, failed) => (n === 1 ? '1 photograph looked at' : `${n} photographs looked at`) + (failed ? `, ${failed} could not be read` : ''),
    progress: (done, all) => `${done} of ${all} photographs`,
    none_chosen: 'There were no photographs among these files.',
    key_needed: 'This server asks for an API key.', key_wrong: 'The server does not know this key.',
    no_server: 'The server does not answer.', failed: (why) => `Could not be read: ${why}`,
    camera_none: 'This browser gives no camera here. Cameras need https or localhost.', camera_refused: 'The camera was not allowed or is not there.',
    camera_live: (n, rate) => `Camera: ${n === 1 ? '1 face' : n + ' faces'}, ${rate} frames/s`, camera_lost: 'The stream to the server has ended.',
    pasted: 'pasted picture', camera: 'camera',
  },
  zh: {
    skip: '跳到图片', language: '语言', theme: '配色', theme_auto: '跟随系统', theme_light: '浅色', theme_dark: '深色',
    photographs: '照片', key: 'API 密钥', use_key: '使用此密钥',
    drop: '将照片或文件夹拖放到此处，或粘贴图片。',
    choose: '选择照片', choose_folder: '选择文件夹', camera_start: '打开摄像头', camera_stop: '关闭摄像头',
    private: '图片只发送到本服务器，服务器不保留任何内容。',
    clear: '清空列表', view: '图片', stage: '图片：加减号缩放，方向键移动，0 适应窗口', tools: '视图',
    empty: '还没有图片', zoom_out: '缩小', zoom_in: '放大', zoom_fit: '适应窗口', landmarks: '眼、鼻、嘴', scores: '分数',
    threshold: '最低分数', download_json: '下载人脸 JSON', download_boxes: '下载带框图片', download_hidden: '下载已遮挡图片',
    style: '遮挡方式', style_blur: '模糊', style_pixelate: '马赛克', style_solid: '黑色', faces: '人脸', api: '本服务器的接口 (OpenAPI)',
    model: (name, side) => `${name}，按 ${side} 像素检测`,
    count: (shown, all) => `${shown} 张人脸` + (all > shown ? `，另有 ${all - shown} 张低于最低分数` : ''),
    in_file: (n) => `${n} 张人脸`,
    face: (n, score) => `人脸 ${n}，分数 ${score}`,
    track: (id, score) => `${id} 号，分数 ${score}`,
    picture_label: (name, n) => `${name}：已标出 ${n} 张人脸`,
    waiting: '等待中', looking: '检测中…', retrying: '服务器繁忙，正在重试…',
    done: (n, failed) => `已检测 ${n} 张照片` + (failed ? `，${failed} 张无法读取` : ''),
    progress: (done, all) => `${all} 张照片中的 ${done} 张`,
    none_chosen: '这些文件中没有照片。',
    key_needed: '本服务器需要 API 密钥。', key_wrong: '服务器不认识此密钥。',
    no_server: '服务器没有响应。', failed: (why) => `无法读取：${why}`,
    camera_none: '此浏览器在这里无法使用摄像头；摄像头需要 https 或 localhost。', camera_refused: '摄像头未获许可或不存在。',
    camera_live: (n, rate) => `摄像头：${n} 张人脸，每秒 ${rate} 帧`, camera_lost: '与服务器的视频连接已结束。',
    pasted: '粘贴的图片', camera: '摄像头',
  },
};

/** The language that the browser asks for, if the page speaks it. */
export function preferredLanguage() {
  for (const wanted of navigator.languages ?? [navigator.language]) {
    const known = Object.keys(messages).find((each) => wanted.toLowerCase().startsWith(each));
    if (known) return known;
  }
  return 'en';
}
