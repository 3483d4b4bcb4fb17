// answer_readings TABLE.tsv: what the reader makes of each answer, one JSON object per line.
#include <iostream>

#include "answers_table.h"
#include "ecg_lora/base/json.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const auto& known : ecg_lora::metrics::read_known_answers(argv[1]))
    std::cout << ecg_lora::Json{{"line", known.line},
                                {"kind", known.kind},
                                {"language", known.language},
                                {"answer", known.answer},
                                {"meaning", known.meaning},
                                {"read", ecg_lora::metrics::reading_of(known)}}
                     .dump()
              << "\n";
}
