using Chain.Core.Primitives;

namespace Chain.Benchmarks.Workloads;

/// <summary>A coin that a workload can spend: where it is, which of the workload's keys it belongs to, and its satoshis.</summary>
public readonly record struct DraftCoin(OutPoint OutPoint, int Key, long Value);
