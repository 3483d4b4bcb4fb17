#include "low_rank.h"

#include <optional>

#include "ecg_lora/nn/kernels/matmul.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What a product is made of besides tensors; held by the graph until the backward pass.
struct ProductRecipe : torch::CustomClassHolder {
  std::shared_ptr<LinearImpl> linear;
  Activation activation = Activation::identity;
  double scale = 1, dropout = 0;
  bool adapter_trains = false,
       input_trains = false;  ///< whose gradients are wanted: A and B; x and gate
};

/// libtorch takes a tensor that may be undefined only as this.
using Optional = std::optional<at::Tensor>;

Optional optional(const at::Tensor& x) {
  return x.defined() ? Optional(x) : std::nullopt;
}

/// The adapter's input: kept values over the share that is kept.
at::Tensor adapter_input(const at::Tensor& x, const at::Tensor& mask, double dropout) {
  const auto rows = rows_of(x);
  return mask.defined() ? rows.mul(mask).mul_(1 / (1 - dropout)) : rows;
}

struct Products {
  at::Tensor y, inner, mask;  ///< [.., out]; x A^T [N, R]; [N, in] bool
};

Products multiply(const ProductRecipe& recipe, const at::Tensor& x, const at::Tensor& gate,
                  const at::Tensor& a, const at::Tensor& b) {
  const auto input = activate(recipe.activation, x, gate);
  Products result;
  result.y = recipe.linear->base(input);
  if (!a.defined()) return result;
  const auto rows = rows_of(input);
  if (recipe.dropout > 0)
    result.mask =
        at::empty(rows.sizes(), rows.options().dtype(at::kBool)).bernoulli_(1 - recipe.dropout);
  result.inner =
      nn::matmul(adapter_input(rows, result.mask, recipe.dropout), a.to(rows.scalar_type()).t());
  nn::add_matmul(rows_of(result.y), result.inner, b.to(rows.scalar_type()).t(), recipe.scale);
  return result;
}

class LowRankProduct : public torch::autograd::Function<LowRankProduct> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const Optional& maybe_gate, const Optional& maybe_a,
                            const Optional& maybe_b,
                            const c10::intrusive_ptr<ProductRecipe>& recipe) {
    const auto gate = maybe_gate.value_or(at::Tensor()), a = maybe_a.value_or(at::Tensor()),
               b = maybe_b.value_or(at::Tensor());
    auto products = multiply(*recipe, x, gate, a, b);
    context->saved_data["recipe"] = c10::IValue::make_capsule(recipe);
    context->save_for_backward({x, gate, a, b, products.inner, products.mask});
    return products.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto recipe = c10::static_intrusive_pointer_cast<ProductRecipe>(
        context->saved_data["recipe"].toCapsule());
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &gate = saved[1], &a = saved[2], &b = saved[3], &inner = saved[4],
               &mask = saved[5];
    const auto grad = gradient[0].contiguous();
    variable_list result(5);
    at::Tensor of_inner;
    if (a.defined()) {
      const auto rows = rows_of(grad);
      of_inner = nn::matmul(rows, b.to(rows.scalar_type())).mul_(recipe->scale);
      if (recipe->adapter_trains) {
        result[2] = nn::matmul(of_inner.t(), adapter_input(activate(recipe->activation, x, gate),
                                                           mask, recipe->dropout))
                        .to(a.scalar_type());
        result[3] = nn::matmul(rows.t(), inner).to(b.scalar_type()).mul_(recipe->scale);
      }
    }
    if (!recipe->input_trains) return result;
    auto of_input = recipe->linear->base_gradient(grad);
    if (a.defined()) add_adapter_gradient(of_input, of_inner, a, mask, recipe->dropout);
    std::tie(result[0], result[1]) = activate_backward(recipe->activation, of_input, x, gate);
    return result;
  }

 private:
  static void add_adapter_gradient(const at::Tensor& of_input, const at::Tensor& of_inner,
                                   const at::Tensor& a, const at::Tensor& mask, double dropout) {
    auto rows = of_input.view({-1, of_input.size(-1)});
    const auto factor = a.to(rows.scalar_type());
    if (mask.defined())
      rows.add_(nn::matmul(of_inner, factor).mul_(mask).mul_(1 / (1 - dropout)));
    else
      nn::add_matmul(rows, of_inner, factor, 1);
  }
};

}  // namespace

at::Tensor low_rank_product(const std::shared_ptr<LinearImpl>& linear, Activation activation,
                            const at::Tensor& x, const at::Tensor& gate, const Adapter& adapter) {
  auto recipe = c10::make_intrusive<ProductRecipe>();
  recipe->linear = linear;
  recipe->activation = activation;
  recipe->scale = adapter.scale;
  recipe->dropout = adapter.dropout;
  if (!at::GradMode::is_enabled()) return multiply(*recipe, x, gate, adapter.a, adapter.b).y;
  recipe->input_trains = x.requires_grad() || (gate.defined() && gate.requires_grad());
  recipe->adapter_trains =
      adapter.a.defined() && (adapter.a.requires_grad() || adapter.b.requires_grad());
  return LowRankProduct::apply(x, optional(gate), optional(adapter.a), optional(adapter.b), recipe);
}

}  // namespace ecg_lora::nn
