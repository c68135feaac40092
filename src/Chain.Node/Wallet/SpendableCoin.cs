using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>A coin that may be spent: where it is, what it is worth, and how deep; 0 confirmations for one still in the pool.</summary>
public readonly record struct SpendableCoin(OutPoint OutPoint, TxOut Output, int Confirmations);
