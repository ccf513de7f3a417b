#!/usr/bin/env bash
# Serves gpt-oss-120b, teacher and student in one, on this machine's NVIDIA GPUs. README.md says what each variable does.
# Further vLLM options go behind it: serve.sh --max-num-seqs 512
set -euo pipefail

MODEL=${MODEL:-openai/gpt-oss-120b}
MODEL_NAME=${MODEL_NAME:-$(basename "$MODEL")}
HOST=${HOST:-127.0.0.1}
PORT=${PORT:-8000}
TENSOR_PARALLEL=${TENSOR_PARALLEL:-1}
DATA_PARALLEL=${DATA_PARALLEL:-1}
MAX_MODEL_LEN=${MAX_MODEL_LEN:-65536}
PREFIX_CACHING=${PREFIX_CACHING:-on}
GPU_MEMORY=${GPU_MEMORY:-0.92}

fail() { echo "serve.sh: $*" >&2; exit 1; }

whole() { [[ ${!1} =~ ^[1-9][0-9]*$ ]] || fail "$1 is '${!1}', and should be a whole number from 1"; }

find_vllm() {
    local own; own=$(dirname "${BASH_SOURCE[0]}")/.venv/bin/vllm
    if [[ -x $own ]]; then echo "$own"; else command -v vllm; fi
}

count_gpus() {
    local gpus
    gpus=$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null) || gpus=""
    if [[ -n $gpus && -n ${CUDA_VISIBLE_DEVICES+set} ]]; then gpus=${CUDA_VISIBLE_DEVICES//,/$'\n'}; fi
    grep -c '[^[:space:]]' <<<"$gpus" || true
}

for number in PORT TENSOR_PARALLEL DATA_PARALLEL; do whole $number; done
case $PREFIX_CACHING in
    on) prefix_caching=--enable-prefix-caching ;;
    off) prefix_caching=--no-enable-prefix-caching ;;
    *) fail "PREFIX_CACHING is '$PREFIX_CACHING', and should be on or off" ;;
esac
vllm=$(find_vllm) || fail "vllm is not installed, neither in $(dirname "${BASH_SOURCE[0]}")/.venv nor on PATH; README.md says how to install it"

if [[ ${VLLM_TARGET_DEVICE:-cuda} == cuda ]]; then
    gpus=$(count_gpus)
    wanted=$((TENSOR_PARALLEL * DATA_PARALLEL))
    ((gpus > 0)) || fail "no NVIDIA GPU is visible here; try nvidia-smi, and look at CUDA_VISIBLE_DEVICES"
    ((wanted <= gpus)) || fail "TENSOR_PARALLEL=$TENSOR_PARALLEL times DATA_PARALLEL=$DATA_PARALLEL wants $wanted GPUs, and $gpus are visible here"
fi

# gpt-oss is told the date in each prompt: pinned, a prompt is the same prompt tomorrow.
export VLLM_SYSTEM_START_DATE=${VLLM_SYSTEM_START_DATE:-2026-01-01}
export VLLM_NO_USAGE_STATS=${VLLM_NO_USAGE_STATS:-1}

exec "$vllm" serve "$MODEL" \
    --served-model-name "$MODEL_NAME" \
    --host "$HOST" --port "$PORT" \
    --tensor-parallel-size "$TENSOR_PARALLEL" \
    --data-parallel-size "$DATA_PARALLEL" \
    --max-model-len "$MAX_MODEL_LEN" \
    "$prefix_caching" \
    --enable-prompt-tokens-details \
    --gpu-memory-utilization "$GPU_MEMORY" \
    "$@"
