ecg_lora_fuzz(answers
              SOURCES src/metrics/answers/characters.cpp src/metrics/answers/choice_reader.cpp
                      src/metrics/answers/clause.cpp src/metrics/answers/context.cpp
                      src/metrics/answers/context_english.cpp
                      src/metrics/answers/context_german.cpp
                      src/metrics/answers/context_swedish.cpp src/metrics/answers/ecg_phrases.cpp
                      src/metrics/answers/elements.cpp src/metrics/answers/final_part.cpp
                      src/metrics/answers/forms.cpp src/metrics/answers/headings.cpp
                      src/metrics/answers/label_reader.cpp src/metrics/answers/phrase_index.cpp
                      src/metrics/answers/tokens.cpp src/metrics/tasks/task_parsing.cpp)
