"""config.json of Llama-3.2-11B-Vision-Instruct, as far as the shape goes, and of others like it."""

TEXT = {
    "model_type": "mllama_text_model",
    "vocab_size": 128256,
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 40,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38],
    "hidden_act": "silu",
    "rms_norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "tie_word_embeddings": False,
    "bos_token_id": 128000,
    "eos_token_id": 128001,
    "pad_token_id": 128004,
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
}
VISION = {
    "model_type": "mllama_vision_model",
    "hidden_size": 1280,
    "attention_heads": 16,
    "intermediate_size": 5120,
    "num_hidden_layers": 32,
    "num_global_layers": 8,
    "image_size": 560,
    "patch_size": 14,
    "intermediate_layers_indices": [3, 7, 15, 23, 30],
    "max_num_tiles": 4,
    "num_channels": 3,
    "hidden_act": "gelu",
    "norm_eps": 1e-5,
    "vision_output_dim": 7680,
    "supported_aspect_ratios": [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]],
}


def config(text=None, vision=None):
    """With the fields that differ."""
    text, vision = TEXT | (text or {}), VISION | (vision or {})
    return {
        "model_type": "mllama",
        "image_token_index": text["vocab_size"],
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "text_config": text,
        "vision_config": vision,
    }


def processor(config):
    """preprocessor_config.json of Llama-3.2-11B-Vision-Instruct, for the tiles of `config`."""
    size = config["vision_config"]["image_size"]
    return {
        "image_processor_type": "MllamaImageProcessor",
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_pad": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "max_image_tiles": config["vision_config"]["max_num_tiles"],
        "resample": 2,
        "rescale_factor": 1 / 255,
        "size": {"height": size, "width": size},
    }
