// Holds the precompiled <torch/torch.h> that every module with tensors reuses.
