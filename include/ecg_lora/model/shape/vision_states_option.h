// The flag --vision-states of commands that open a checkpoint.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace ecg_lora::model {

/// `states` is "auto" if the flag is not given: what the checkpoint says.
inline void add_vision_states(CLI::App& app, std::string& states) {
  app.add_option("--vision-states", states,
                 "of the base: the states that enter the layers of intermediate_layers_indices, or "
                 "leave them; auto for what the checkpoint says")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "entering", "leaving"}));
}

}  // namespace ecg_lora::model
