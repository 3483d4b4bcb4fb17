ecg_lora_fuzz(answers
              SOURCES src/score/characters.cpp src/score/choice_reader.cpp src/score/clause.cpp
                      src/score/context.cpp src/score/context_english.cpp
                      src/score/context_german.cpp src/score/context_swedish.cpp
                      src/score/ecg_phrases.cpp src/score/forms.cpp src/score/headings.cpp
                      src/score/items.cpp src/score/label_reader.cpp src/score/phrase_index.cpp
                      src/score/task_parsing.cpp src/score/tokens.cpp)
