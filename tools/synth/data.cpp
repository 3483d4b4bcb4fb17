#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/synthetic/cohort/dataset.h"

void add_data_command(CLI::App& app) {
  struct Arguments {
    std::string out, preset = "conditions";
    ecg_lora::synthetic::DatasetOptions options;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("data", "A synthetic data set in PTB-XL's own layout");
  command->add_option("--out", arguments->out, "Folder to write; must not exist")->required();
  command
      ->add_option(
          "--preset", arguments->preset,
          "conditions: 13 SCP statements; findings: elementary findings; cohort: 44 SCP statements "
          "that coexist")
      ->check(CLI::IsMember({"conditions", "findings", "cohort"}))
      ->capture_default_str();
  command
      ->add_option("--patients", arguments->options.patients,
                   "Patients, with two records each on average; 0: default")
      ->default_str("600 for conditions, 3000 for findings, 1000 for cohort");
  command->add_option("--seed", arguments->options.seed, "Equal seeds give equal files")
      ->capture_default_str();
  command
      ->add_option("--rates", arguments->options.sampling_rates,
                   "Sampling rates: 100, 500 or 100,500 (Hz)")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--seconds", arguments->options.seconds, "Length of a recording")
      ->capture_default_str();
  command->add_option("--workers", arguments->options.workers, "Threads; they change no byte")
      ->default_str("one per processor");
  command->footer("Example: ecg-lora synth data --out demo/data --patients 600 --seed 1");
  command->callback([arguments] {
    arguments->options.preset = ecg_lora::synthetic::parse_preset(arguments->preset);
    ecg_lora::synthetic::write_dataset(arguments->out, arguments->options);
    std::cout << arguments->out << '\n';
  });
}
