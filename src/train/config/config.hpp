// The config of a training run, as users write it in TOML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "augment/policies/augmenter.hpp"
#include "loss/multibox_loss.hpp"
#include "network/registry.hpp"

namespace faceshot::train {

/// [model] init: the weights before the first step.
struct InitOptions {
  std::string file;          ///< weight file of any supported kind (weights/weight_file.hpp);
                             ///< empty: all weights are random
  bool by_name = true;       ///< arrays are matched by name; there is no other way
  std::string map = "auto";  ///< how the file's names are read: NameMapOptions::map
  bool strict = false;       ///< anything unmatched on either side is an error
  bool grow = false;  ///< the file's network may be narrower and shallower (grow_weights.hpp)
};

/// [model] freeze: what is not trained until train.unfreeze_epoch.
struct FreezeOptions {
  std::vector<std::string> parts;  ///< arguments of frozen_layers() (network/parts.hpp)
  bool batch_norm = true;  ///< frozen BatchNorm keeps its running statistics; false: they adapt
};

/// [train.rates]: factors on the learning rate, by part.
struct PartRates {
  float backbone = 1, neck = 1, extras = 1, heads = 1;
};

/// [data]
struct DataOptions {
  std::vector<std::string> train;      ///< CSV files of prepared sets; required
  std::vector<float> weights;          ///< share of each set seen per epoch; empty: all of each
  std::vector<std::string> test;       ///< CSV files for the evaluation at the end; empty: none
  std::vector<std::string> val;        ///< CSV files for validation; empty: use val_fraction
  std::vector<std::string> negatives;  ///< CSV files of sets without faces, not trained on: false
                                       ///< positives are counted there
  float val_fraction = 0.05F;          ///< share of the training images held out if `val` is empty
  bool allow_empty = false;            ///< whether `train` may have no box
  float balance = 0;                   ///< images of classes that are in a smaller share of all
                                       ///< are seen more often (loader/balance.hpp); 0: off
  int workers = 1;                     ///< threads that decode and augment
  int cache_mb = 8192;                 ///< memory for decoded images
  int samples_per_epoch = 0;           ///< 0: the number of images
};

/// [train.plateau]: ReduceLROnPlateau (plateau.hpp).
struct PlateauConfig {
  std::string metric = "none";  ///< none or a metric (metric.hpp)
  float factor = 0.1F;          ///< factor on the scheduled rate at each drop
  int patience = 5;             ///< checks without improvement before a drop
  float threshold = 1e-4F;      ///< minimum improvement as a share of the best value
  int cooldown = 0;             ///< checks after a drop that are not counted
  float min_rate = 0;           ///< minimum rate
};

/// [train.early_stopping] (early_stopping.hpp)
struct EarlyStoppingConfig {
  std::string metric = "none";  ///< none or a metric (metric.hpp)
  int patience = 10;            ///< consecutive checks without improvement that end the run
  float min_delta = 0;          ///< minimum improvement
  bool restore_best = false;    ///< the run ends with the weights of best.pt
};

/// [train.checkpoint]: files besides last.pt (checkpoint_name.hpp).
struct CheckpointConfig {
  std::string best = "val_ap_mean";          ///< metric that selects best.pt
  int epochs = 0;                            ///< a file every this many epochs; 0: none
  std::string file = "epoch-{epoch:03}.pt";  ///< name of these files
  int keep = 3;                              ///< how many of them are kept; 0: all
};

/// [train.tensorboard]: event files in the run's folder.
struct TensorBoardConfig {
  int every = 20;           ///< steps between scalars; 0: no event file at all
  int images = 4;           ///< samples and validation images shown after a validation; 0: none
  int histograms = 5;       ///< epochs between histograms of weights and gradients; 0: none
  bool write_graph = true;  ///< the network's layers
};

/// [train]
struct TrainOptions {
  int epochs = 60;
  int start_step = 0;  ///< first step of a new run, as if the earlier ones had been done
  int batch_size = 32;
  std::string optimizer = "adamw";  ///< sgd, adam or adamw
  float momentum = 0.9F;            ///< sgd
  bool nesterov = false;            ///< sgd: Nesterov's momentum
  float learning_rate = 2e-3F;      ///< peak, after warm-up
  float weight_decay = 0.01F;       ///< not applied to BatchNorm and biases
  int warmup_steps = 300;           ///< linear, from 0 at start_step
  std::string schedule = "cosine";  ///< constant, step, exponential, cosine, poly or one_cycle
  float final_rate = 0.01F;         ///< cosine: last rate as a share of the peak
  float decay_rate = 0.1F;          ///< exponential: factor over every decay_steps steps
  int decay_steps = 10000;          ///< exponential
  float poly_power = 1;             ///< poly: exponent of the remaining share of the run
  std::vector<int> step_epochs;     ///< step: epochs after which the rate is multiplied by
                                    ///< step_factor
  float step_factor = 0.1F;
  PartRates rates;         ///< of the parts of the network
  int unfreeze_epoch = 0;  ///< number of epochs after which all parts are trained; 0: never
  PlateauConfig plateau;   ///< lowers the rate further
  EarlyStoppingConfig early_stopping;
  CheckpointConfig checkpoint;
  TensorBoardConfig tensorboard;
  float ema_decay = 0.9995F;       ///< moving average of weights that is validated; 0: off
  float clip_norm = 10;            ///< maximum norm of the whole gradient; 0: off
  std::string precision = "bf16";  ///< bf16 (autocast) or fp32
  int threads = 0;                 ///< for the network; 0: one per CPU of the machine
  int validate_every = 5;          ///< epochs
  int validate_side = 640;         ///< longer side of validation images
  float validate_score = 0.02F;    ///< detections below this are dropped
  float validate_nms = 0.45F;      ///< IoU above which the weaker of two detections is suppressed
  bool validate_start = true;      ///< also validate a detector's weights from which a run starts
  float time_limit = 0;            ///< minutes after which a run stops (it can be resumed); 0: none
  int stop_after = 0;              ///< epochs after which a run stops (it can be resumed); 0: none
  int checkpoint_every = 500;      ///< steps between checkpoints within an epoch; 0: epochs only
  std::uint64_t seed = 1;
};

struct Config {
  network::ModelOptions model;
  InitOptions init;
  FreezeOptions freeze;
  DataOptions data;
  augment::AugmentOptions augment;
  /// Its class_weights are set from `class_weights` by class id, once the classes are known.
  loss::LossOptions loss;
  std::vector<std::string> class_weights;  ///< loss.class_weights: "NAME=WEIGHT"
  TrainOptions train;
};

/// Reads a config file and applies `key=value` overrides ("train.epochs=60"; a value that is not
/// TOML is taken as a string, and a single value for a list as a list of one).
/// @throws Error(not_found) no such file; Error(invalid_argument) "FILE:LINE: ..." for an unknown
///         key (with the nearest known one), a wrong type, or an impossible value
[[nodiscard]] Config read_config(const std::filesystem::path& file,
                                 const std::vector<std::string>& overrides = {});

/// The same from text. @param name of the file, for messages
[[nodiscard]] Config parse_config(const std::string& toml, const std::string& name,
                                  const std::vector<std::string>& overrides = {});

/// A run's stored config with overrides that do not affect its result: train.threads,
/// train.time_limit, train.stop_after, train.validate_every, train.checkpoint_every, data.workers
/// and data.cache_mb.
/// @throws Error(invalid_argument) for other keys, and for train.validate_every if a validation
/// metric
///         controls the learning rate or the end of the run; as parse_config()
[[nodiscard]] Config resumed_config(const std::string& toml, const std::string& name,
                                    const std::vector<std::string>& overrides);

/// The whole config with every value, as TOML from which parse_config restores it.
[[nodiscard]] std::string to_toml(const Config& config);

/// Keys and values in the order of to_toml(); strings without their quotes.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> config_values(const Config& config);

/// All keys with type, default and meaning, one per line: for `faceshot train --keys`.
[[nodiscard]] std::string describe_config_keys();

}  // namespace faceshot::train
