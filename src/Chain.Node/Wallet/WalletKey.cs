using Chain.Core.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>What a wallet shows of a key without a passphrase: its public half, and when it was made.</summary>
public sealed record WalletKey(PublicKey PublicKey, DateTimeOffset CreatedAt);
